import assert from "node:assert/strict";
import { after, before, describe, it, type TestContext } from "node:test";
import type { Books, ClientExample, Shop } from "../clients/client-example.ts";
import { bullmq } from "../clients/examples/bullmq.ts";
import { pgBoss } from "../clients/examples/pg-boss.ts";
import { missing, RealServer } from "../clients/server.ts";
import { poll } from "../support/until.ts";
import { HeldProgram, type Registered } from "./held-program.ts";

/** How many jobs each example has in progress at most. */
const CONCURRENCY = 5;

/** Stops the example under load. Orders keep coming. Resolves when draining has begun, with what it has done by then. */
async function stopping(t: TestContext, { file }: ClientExample, shop: Shop, registered: Registered) {
	const program = new HeldProgram(t, file, registered, { ...shop.env, WORK_MS: "200" });
	await program.printed(/^lastcall: .* is running$/m);
	await shop.load(undefined as never);
	await program.stop();
	return { program, atStop: await shop.books() };
}

const isIdle = ({ charges, shipments }: Books): boolean => charges.length === shipments.length;

for (const example of [bullmq, pgBoss]) {
	const reason = missing(example.server);
	const skip = reason !== undefined && process.env.CI !== "true" ? `${example.server.name}: ${reason}` : false;

	describe(example.name, { skip }, () => {
		let server: RealServer;
		before(async () => {
			server = await RealServer.start(example.server);
		});
		after(() => server?.stop());

		it("takes no job when draining has begun, however long it lasts, and finishes those that it holds", async (t) => {
			const shop = await example.open(server);
			t.after(() => shop.close());
			const { program, atStop } = await stopping(t, example, shop, "intake");
			await poll(async () => (await shop.held?.()) === 0, t.signal);
			await shop.finish();
			const books = await shop.books();
			assert.ok(isIdle(books), "a job is half done");
			// A job that it had taken may have been charged a moment later.
			const taken = books.charges.length - atStop.charges.length;
			assert.ok(taken <= CONCURRENCY, `${taken} jobs taken`);
			const { exit, stdout } = await program.release();
			assert.equal(exit, 0, stdout);
			assert.deepEqual(await shop.books(), books);
		});

		it("negative control: with adopt it goes on taking jobs while draining", async (t) => {
			const shop = await example.open(server);
			t.after(() => shop.close());
			const { atStop } = await stopping(t, example, shop, "adopted");
			const isTaking = async (): Promise<boolean> =>
				(await shop.books()).charges.length > atStop.charges.length + 2 * CONCURRENCY;
			assert.ok(await poll(isTaking, t.signal));
			await shop.finish();
		});
	});
}
