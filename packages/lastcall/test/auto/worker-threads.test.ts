import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ask } from "../support/ask.ts";
import { assertInOrder, count } from "../support/text.ts";
import { IMPORT, Preloaded, SHUTTING_DOWN } from "./preloaded.ts";

const IN_A_THREAD = /^listens in a thread on (\d+)$/m;

interface Asked {
	readonly program: Preloaded;
	readonly responses: Promise<string>[];
}

/** A request in flight at each port that the program prints. */
async function inFlight(program: Preloaded, ...listening: readonly RegExp[]): Promise<Asked> {
	const ports = await Promise.all(listening.map(async (line) => Number((await program.printed(line))[1])));
	const responses = ports.map((port) => ask(port, "/held"));
	await program.printed(new RegExp(`(^handling /held\\n[\\s\\S]*){${ports.length}}`, "m"));
	await program.printed(/^the main thread knows of a request$/m);
	return { program, responses };
}

async function stop({ program, responses }: Asked) {
	program.kill("SIGTERM");
	await program.printed(SHUTTING_DOWN);
	program.release();
	return { responses: await Promise.all(responses), ...(await program.ended) };
}

describe("servers in worker threads are drained by the stop of the main thread", { concurrency: 3 }, () => {
	it("with no server in the main thread, and no listener", async (t) => {
		const program = new Preloaded(t, "has-threads");
		const { responses, exit, stderr } = await stop(await inFlight(program, IN_A_THREAD));
		assert.deepEqual({ responses, exit }, { responses: ["200 whole"], exit: 0 }, stderr);
		assert.equal(count(stderr, SHUTTING_DOWN), 1, stderr);
	});

	it("with a listener of the program, which gets the signal after the thread's drain", async (t) => {
		const program = new Preloaded(t, "has-threads", { args: ["exits"] });
		const { responses, exit, stderr } = await stop(await inFlight(program, IN_A_THREAD));
		assert.deepEqual({ responses, exit }, { responses: ["200 whole"], exit: 0 }, stderr);
		assertInOrder(stderr, SHUTTING_DOWN, /^own listener: SIGTERM$/m);
	});

	it("with a server in both threads", async (t) => {
		const program = new Preloaded(t, "has-threads", { args: ["main", "exits"] });
		const asked = await inFlight(program, IN_A_THREAD, /^listens on (\d+)$/m);
		const { responses, exit, stderr } = await stop(asked);
		assert.deepEqual({ responses, exit }, { responses: ["200 whole", "200 whole"], exit: 0 }, stderr);
		assertInOrder(stderr, SHUTTING_DOWN, /^own listener: SIGTERM$/m);
	});

	it("negative control: without the flag their requests are lost", async (t) => {
		const program = new Preloaded(t, "has-threads", { args: ["exits"], flags: [] });
		const { responses } = await inFlight(program, IN_A_THREAD);
		program.kill("SIGTERM");
		assert.deepEqual(await Promise.all(responses), ["ECONNRESET"]);
	});

	it("a thread that ends by itself while running keeps nothing from being stopped", async (t) => {
		const program = new Preloaded(t, "thread-ends", { flags: IMPORT });
		await program.printed(/^thread ended with 0$/m);
		program.kill("SIGTERM");
		assert.equal((await program.ended).exit, "SIGTERM");
	});
});
