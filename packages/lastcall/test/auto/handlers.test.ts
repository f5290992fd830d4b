import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { assertInOrder, count } from "../support/text.ts";
import { DRAINING, ENDED, Preloaded, SHUTTING_DOWN, stopInFlight, stopUnreleased } from "./preloaded.ts";

function start(t: TestContext, kind: string, env: NodeJS.ProcessEnv = {}): Preloaded {
	return new Preloaded(t, "handles-signals", { args: [kind], env });
}

function startAlone(t: TestContext, kind: string): Preloaded {
	return new Preloaded(t, "handles-signals", { flags: [], args: [kind] });
}

/** What programs do at SIGTERM, and how they end: with lastcall/auto as without. */
const LISTENERS: Record<string, { readonly exit: number | string; readonly lines: readonly RegExp[] }> = {
	"exits at once": { exit: 0, lines: [/^own listener: SIGTERM, listening false$/m] },
	"listens once": { exit: 0, lines: [/^own listener: SIGTERM, listening false$/m] },
	"listens after the server": { exit: 0, lines: [/^own listener: SIGTERM, listening false$/m] },
	"closes and exits": { exit: 0, lines: [/^own listener: closed, no error$/m] },
	"closes a database": { exit: 7, lines: [/^own listener: server closed$/m, /^own listener: database closed$/m] },
	"closes twice": { exit: 0, lines: [/^own listener: closed$/m, /^own listener: undefined$/m] },
	"is disposed of": { exit: 0, lines: [/^own listener: disposed$/m] },
	"exits when its server closes": {
		exit: 20,
		lines: [/^own listener: cleans up$/m, /^own listener: closed$/m],
	},
	"kills itself": { exit: "SIGTERM", lines: [/^own listener: kills itself$/m] },
	"has two listeners": { exit: 3, lines: [/^own listener: first$/m, /^own listener: second$/m] },
};

/** Without lastcall/auto they wait for the request. */
const CLOSES = [
	"closes and exits",
	"closes a database",
	"closes twice",
	"is disposed of",
	"exits when its server closes",
];

describe("a program with its own listener gets the signal after the drain", { concurrency: 3 }, () => {
	for (const [kind, { exit, lines }] of Object.entries(LISTENERS)) {
		it(`one that ${kind}`, async (t) => {
			const stopped = await stopInFlight(start(t, kind));
			assert.equal(stopped.response, "200 whole", stopped.stderr);
			assert.equal(stopped.exit, exit, stopped.stderr);
			assertInOrder(stopped.stderr, SHUTTING_DOWN, DRAINING, ...lines);
			assert.equal(count(stopped.stderr, /^own listener/), lines.length);
		});

		if (CLOSES.includes(kind)) continue;
		it(`negative control: one that ${kind} loses the request without the flag`, async (t) => {
			const stopped = await stopUnreleased(startAlone(t, kind));
			assert.deepEqual([stopped.response, stopped.exit], ["ECONNRESET", exit]);
		});
	}

	it("one that adds its listener during the drain", async (t) => {
		const { response, exit, stderr } = await stopInFlight(start(t, "listens during the drain"));
		assert.equal(response, "200 whole");
		assert.equal(exit, 0);
		assertInOrder(stderr, DRAINING, /^own listener: SIGTERM, listening false$/m);
	});

	it("one that finds nothing but its own listener", async (t) => {
		const { response, stderr } = await stopInFlight(start(t, "counts listeners"));
		assert.equal(response, "200 whole");
		assertInOrder(stderr, /^counted while running: 1, 1$/m, DRAINING, /^counted at the signal: 1, 1$/m);
	});

	it("one whose listener hangs has as long as without, and is warned of at the deadline", async (t) => {
		const program = start(t, "hangs", { LASTCALL_GRACE_PERIOD_MS: "2000" });
		const { response } = await program.inFlight();
		program.kill("SIGTERM");
		await program.printed(DRAINING);
		program.release();
		assert.equal(await response, "200 whole");
		await program.printed(/^own listener: hangs$/m);
		const [warning] = await program.printed(/^lastcall: warning: .*SIGTERM.*$/m);
		assert.match(warning, /listener/);
		assert.equal(program.process.exitCode, null);
		program.kill("SIGKILL");
		const { exit, stderr } = await program.ended;
		assert.equal(exit, "SIGKILL");
		assert.equal(count(stderr, /^own listener: hangs$/), 1);
	});
});

describe("a program without a listener for the signal", { concurrency: 3 }, () => {
	for (const kind of ["none", "listens for SIGINT only", "removes all listeners"]) {
		it(`ends with 0 when everything has finished: ${kind}`, async (t) => {
			const { response, exit, stderr } = await stopInFlight(start(t, kind));
			assert.equal(response, "200 whole", stderr);
			assert.equal(exit, 0, stderr);
			assertInOrder(stderr, SHUTTING_DOWN, DRAINING, ENDED);
			assert.doesNotMatch(stderr, /own listener/);
		});

		it(`negative control: loses the request without the flag: ${kind}`, async (t) => {
			const { response, exit } = await stopUnreleased(startAlone(t, kind));
			assert.deepEqual({ response, exit }, { response: "ECONNRESET", exit: "SIGTERM" });
		});
	}

	for (const signal of ["SIGINT", "SIGHUP"] as const) {
		it(`is drained at ${signal} too`, async (t) => {
			const { response, exit, stderr } = await stopInFlight(start(t, "none"), signal);
			assert.deepEqual({ response, exit }, { response: "200 whole", exit: 0 }, stderr);
			assert.match(stderr, new RegExp(` is shutting down: ${signal}; `));
		});
	}
});

describe("a signal that may mean something else", { concurrency: 3 }, () => {
	it("SIGHUP with a listener of the program passes at once, and stops nothing", async (t) => {
		const program = start(t, "reloads");
		const { response } = await program.inFlight();
		program.kill("SIGHUP");
		await program.printed(/^own listener: reloads$/m);
		assert.equal(await program.ask("/after"), "200 whole");
		program.kill("SIGTERM");
		await program.printed(DRAINING);
		program.release();
		assert.equal(await response, "200 whole");
		const { exit, stderr } = await program.ended;
		assert.equal(exit, 0, stderr);
		assertInOrder(stderr, /^own listener: reloads$/m, /^handling \/after$/m, / is shutting down: SIGTERM[;,] /);
		assert.equal(count(stderr, /own listener: reloads/), 1);
	});

	it("SIGUSR2 is a stop signal in LASTCALL_EXTRA_STOP_SIGNALS", async (t) => {
		for (const [kind, line] of [
			["none", /exit code 0$/m],
			["listens for SIGUSR2", /^own listener: SIGUSR2$/m],
		] as const) {
			const program = start(t, kind, { LASTCALL_EXTRA_STOP_SIGNALS: "SIGUSR2" });
			const { response, exit, stderr } = await stopInFlight(program, "SIGUSR2");
			assert.deepEqual({ response, exit }, { response: "200 whole", exit: 0 }, stderr);
			assertInOrder(stderr, / is shutting down: SIGUSR2[;,] /, DRAINING, line);
		}
	});

	it("SIGUSR2 is left to the program otherwise", async (t) => {
		const { response, exit, stderr } = await stopUnreleased(start(t, "listens for SIGUSR2"), "SIGUSR2");
		assert.deepEqual({ response, exit }, { response: "ECONNRESET", exit: 0 });
		assert.doesNotMatch(stderr, SHUTTING_DOWN);
	});
});
