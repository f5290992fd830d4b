import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ask } from "../../support/ask.ts";
import { assertInOrder, count } from "../../support/text.ts";
import { DRAINING, SHUTTING_DOWN } from "../preloaded.ts";
import { Pm2 } from "./pm2.ts";

/** Resolves when the program has a request in flight, with the promise of its response. */
async function inFlight(pm2: Pm2): Promise<{ response: Promise<string> }> {
	const response = ask(await pm2.port(), "/held");
	await pm2.printed(/^handling \/held$/m);
	return { response };
}

describe("PM2, with lastcall/auto in the environment of all of its processes", { concurrency: 2 }, () => {
	for (const mode of ["fork", "cluster"] as const) {
		for (const kind of ["none", "listens for both"]) {
			it(`pm2 stop drains the program in ${mode} mode, and leaves the daemon alone: ${kind}`, async (t) => {
				const pm2 = await Pm2.start(t, { mode, kind });
				const { response } = await inFlight(pm2);
				const daemon = pm2.daemon();
				const stopped = pm2.begin("stop", "shop");
				await pm2.printed(DRAINING);
				pm2.release();
				assert.equal(await response, "200 whole");
				await stopped;
				const output = pm2.output();
				assert.equal(count(output, SHUTTING_DOWN), 1, output);
				assert.equal(count(output, /^own listener: SIGINT/), kind === "none" ? 0 : 1, output);
				assert.equal(pm2.daemon(), daemon);
				assert.match(await pm2.run("list"), /stopped/);
				assert.doesNotMatch(pm2.daemonOutput(), /lastcall: |SIGKILL/);
			});
		}
	}

	it("its message instead of a signal (shutdown_with_message) drains the program", async (t) => {
		const pm2 = await Pm2.start(t, { mode: "cluster", kind: "listens for a message", shutdownWithMessage: true });
		const { response } = await inFlight(pm2);
		const stopped = pm2.begin("stop", "shop");
		await pm2.printed(DRAINING);
		pm2.release();
		assert.equal(await response, "200 whole");
		await stopped;
		const output = pm2.output();
		assertInOrder(output, / is shutting down: stopped by PM2[;,] /, DRAINING, /drained after/);
		assert.equal(count(output, /^own listener: message shutdown$/), 1, output);
		assert.doesNotMatch(pm2.daemonOutput(), /lastcall: |SIGKILL/);
	});

	it("pm2 reload drains each worker of a cluster, and its successor serves", async (t) => {
		const pm2 = await Pm2.start(t, { mode: "cluster", instances: 2 });
		await pm2.printed(/(^listens on \d+\n[\s\S]*){2}/m);
		const { response } = await inFlight(pm2);
		const reloaded = pm2.begin("reload", "shop");
		await pm2.printed(DRAINING);
		pm2.release();
		assert.equal(await response, "200 whole");
		await reloaded;
		assert.equal(await ask(await pm2.port(), "/after"), "200 whole");
		const output = pm2.output();
		assert.equal(count(output, SHUTTING_DOWN), 2, output);
		assert.equal(count(output, /^listens on/), 4, output);
		assert.doesNotMatch(pm2.daemonOutput(), /lastcall: |SIGKILL/);
	});

	it("negative control: without it, pm2 stop loses the request", async (t) => {
		const pm2 = await Pm2.start(t, { mode: "cluster", nodeOptions: "" });
		const { response } = await inFlight(pm2);
		await pm2.begin("stop", "shop");
		assert.equal(await response, "ECONNRESET");
	});
});
