import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ask } from "../support/ask.ts";
import { count } from "../support/text.ts";
import { Preloaded, SHUTTING_DOWN } from "./preloaded.ts";

/** What uses lastcall itself: the parent (a primary, the main thread), and its workers. */
const MIXES = [
	["run", "run"],
	["run", "plain"],
	["plain", "run"],
	["plain", "plain"],
] as const;

describe("lastcall/auto in all processes of a cluster", { concurrency: 2 }, () => {
	for (const [primary, workers] of MIXES) {
		it(`whose primary is ${primary}, and whose workers are ${workers}`, async (t) => {
			const program = new Preloaded(t, "mixed-cluster", { args: [primary, workers] });
			await program.printed(/(^listens on \d+\n[\s\S]*){2}/m);
			const port = await program.port();
			const responses = [ask(port, "/held"), ask(port, "/held")];
			await program.printed(/(^handling \/held\n[\s\S]*){2}/m);
			program.kill("SIGTERM");
			await program.printed(/(draining, 1 in flight: http[\s\S]*){2}/m);
			program.release();
			assert.deepEqual(await Promise.all(responses), ["200 whole", "200 whole"]);
			const { exit, stderr } = await program.ended;
			assert.equal(exit, 0, stderr);
			assert.equal(count(stderr, SHUTTING_DOWN), 3, stderr);
			assert.equal(count(stderr, /^forks a replacement$/), 0, stderr);
			assert.doesNotMatch(stderr, /hard stop|failed/);
		});
	}
});

describe("lastcall/auto in all threads of a program", { concurrency: 2 }, () => {
	for (const [main, worker] of MIXES) {
		it(`whose main thread is ${main}, and whose worker is ${worker}`, async (t) => {
			const program = new Preloaded(t, "mixed-threads", { args: [main, worker] });
			const [, port] = await program.printed(/^listens in a thread on (\d+)$/m);
			const response = ask(Number(port), "/held");
			await program.printed(/^the main thread knows of a request$/m);
			program.kill("SIGTERM");
			await program.printed(SHUTTING_DOWN);
			program.release();
			assert.equal(await response, "200 whole");
			const { exit, stderr } = await program.ended;
			assert.equal(exit, 0, stderr);
			assert.doesNotMatch(stderr, /hard stop|failed/);
		});
	}
});

describe("lastcall/auto in a child of a program that uses lastcall itself", { concurrency: 2 }, () => {
	for (const how of ["fork", "spawn"]) {
		it(`which it starts by ${how}: the child drains, and its listener gets one signal`, async (t) => {
			const program = new Preloaded(t, "mixed-child", { args: [how, "exits"] });
			const { response } = await program.inFlight();
			program.kill("SIGTERM");
			await program.printed(/draining, 1 in flight: http/);
			program.release();
			assert.equal(await response, "200 whole");
			const { exit, stderr } = await program.ended;
			assert.equal(exit, 0, stderr);
			assert.equal(count(stderr, /^own listener: SIGTERM$/), 1, stderr);
			assert.match(stderr, /^child ended with 0$/m);
		});
	}
});
