import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, it, type TestContext } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { ask } from "../support/ask.ts";
import { Child } from "../support/child.ts";
import { assertInOrder, count } from "../support/text.ts";
import { fixture, start } from "./fixture.ts";

/** Longer than the time in which repeated signals count as one. */
const DELIBERATELY_MS = 600;

describe("a signal", { concurrency: 4 }, () => {
	for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
		it(`${signal} with nothing in flight ends with 0`, async (t) => {
			const child = start(t, "answers-slowly", { lingerMs: 0 });
			await child.running();
			child.kill(signal);
			const { exit, stdout, stderr } = await child.ended;
			assert.equal(exit, 0, stderr);
			assert.equal(stdout, "");
			assertInOrder(
				stderr,
				/^lastcall: http listens on http:\/\/127\.0\.0\.1:\d+$/m,
				new RegExp(`^lastcall: lastcall \\(pid ${child.process.pid}\\) is running$`, "m"),
				new RegExp(`^lastcall: lastcall \\(pid ${child.process.pid}\\) is shutting down: ${signal}; `, "m"),
				/^lastcall: draining, nothing in flight$/m,
				/^lastcall: closed after [\d.]+ m?s, everything finished, exit code 0$/m,
			);
		});
	}

	it("lets what is in flight finish, and refuses what comes later", async (t) => {
		const child = start(t, "answers-slowly", { lingerMs: 0 });
		const port = await child.port();
		const answer = ask(port, "/slow");
		await child.printed(/handling \/slow/);
		child.kill("SIGTERM");
		assert.equal(await answer, "200 whole");
		assert.equal(await ask(port, "/"), "ECONNREFUSED");
		const { exit, stdout, stderr } = await child.ended;
		assert.equal(exit, 0, stderr);
		assert.equal(stdout, "");
		assert.match(stderr, /^lastcall: draining, 1 in flight: http GET \/slow \([\d.]+ m?s\)$/m);
	});

	it("in extraStopSignals is handled like SIGTERM, and the others still are", async (t) => {
		const stop = async (signal: NodeJS.Signals): Promise<void> => {
			const child = start(t, "answers-slowly", { gracePeriodMs: 3_000, extraStopSignals: ["SIGUSR2", "SIGQUIT"] });
			void ask(await child.port(), "/stuck");
			await child.printed(/handling \/stuck/);
			child.kill(signal);
			await child.printed(/is shutting down/);
			await delay(DELIBERATELY_MS);
			child.kill("SIGUSR2");
			const { exit, stderr } = await child.ended;
			assert.equal(exit, 1, stderr);
			assertInOrder(
				stderr,
				new RegExp(` is shutting down: ${signal}; `),
				/^lastcall: SIGUSR2 again: already shutting down, /m,
				/ \(out of time\): left http GET \/stuck /,
			);
		};
		await Promise.all((["SIGUSR2", "SIGQUIT", "SIGTERM"] as const).map(stop));
	});

	it("in extraStopSignals that has other listeners is warned of", async (t) => {
		const listener = "data:text/javascript,process.on('SIGUSR2',function refresh(){})";
		const args = ["--import", listener, fixture("answers-slowly"), '{"extraStopSignals":["SIGUSR2"]}'];
		const child = new Child(t, process.execPath, args);
		await child.printed(
			/^lastcall: warning: these listeners also run at a signal, .*function refresh\(\)\{\} \(SIGUSR2\);/m,
		);
		child.kill("SIGUSR2");
		assert.equal((await child.ended).exit, 0);
	});

	it("is handled by the service before an older listener of the program, whose server.close() closes nothing too early", async (t) => {
		const child = start(t, "closes-at-signals-itself");
		await child.port();
		await child.running();
		child.kill("SIGTERM");
		const { exit, stdout, stderr } = await child.ended;
		assert.equal(exit, 0, stderr);
		assert.equal(stdout, "ready: false, listening: true\nclosed by the program\n");
		assert.match(
			stderr,
			/^lastcall: warning: "http": server\.close\(\) was called at .*closes-at-signals-itself\.js:/m,
		);
	});

	it("ends the process at the deadline where one of nine requests never ends, and names that request", async (t) => {
		const child = start(t, "answers-slowly", { lingerMs: 0, gracePeriodMs: 1_500 });
		const port = await child.port();
		const stuck = ask(port, "/stuck");
		const slow = Array.from({ length: 8 }, () => ask(port, "/slow"));
		await child.printed(/handling \/stuck/);
		await child.printed(/(handling \/slow\s+){8}/);
		child.kill("SIGTERM");
		assert.deepEqual(await Promise.all(slow), Array(8).fill("200 whole"));
		assert.equal(await stuck, "ECONNRESET");
		const { exit, stderr } = await child.ended;
		assert.equal(exit, 1, stderr);
		assertInOrder(
			stderr,
			/^lastcall: draining, 9 in flight: .* and 4 more$/m,
			/^lastcall: [\d.]+ m?s left, \d in flight: .*http GET \/stuck \(\d\.\d s\)$/m,
			/^lastcall: hard stop after \d\.\d s \(out of time\): left http GET \/stuck \(\d\.\d s\)$/m,
			/^lastcall: closed after \d\.\d s, 1 left, exit code 1$/m,
		);
	});

	it("that comes while the event loop is blocked is handled afterwards", async (t) => {
		const child = start(t, "blocks-a-while", { lingerMs: 0 });
		const port = await child.port();
		const slow = ask(port, "/slow");
		await child.printed(/handling \/slow/);
		const blocking = ask(port, "/block");
		await child.printed(/handling \/block/);
		child.kill("SIGTERM");
		assert.deepEqual(await Promise.all([slow, blocking]), ["200 whole", "200 whole"]);
		const { exit, stderr } = await child.ended;
		assert.equal(exit, 0, stderr);
	});
});

describe("a signal after the stop reason", { concurrency: 4 }, () => {
	it("SIGINT is a hard stop, and ends with 130", async (t) => {
		const child = start(t, "answers-slowly", { gracePeriodMs: 60_000 });
		const answer = ask(await child.port(), "/stuck");
		await child.printed(/handling \/stuck/);
		child.kill("SIGTERM");
		await child.printed(/draining/);
		await delay(DELIBERATELY_MS);
		child.kill("SIGINT");
		assert.equal(await answer, "ECONNRESET");
		const { exit, stderr } = await child.ended;
		assert.equal(exit, 130, stderr);
		assertInOrder(
			stderr,
			/ is shutting down: SIGTERM; grace period 60 s$/m,
			/^lastcall: hard stop after [\d.]+ m?s \(SIGINT\): left http GET \/stuck \([\d.]+ m?s\)$/m,
			/^lastcall: closed after [\d.]+ m?s, 1 left, exit code 130$/m,
		);
	});

	for (const signal of ["SIGTERM", "SIGHUP"] as const) {
		it(`${signal} is logged with the time left, and drops nothing however often it comes`, async (t) => {
			const child = start(t, "answers-at-a-signal", { lingerMs: 0, gracePeriodMs: 60_000 });
			const answer = ask(await child.port(), "/");
			await child.printed(/handling \//);
			child.kill("SIGTERM");
			await child.printed(/draining/);
			await delay(DELIBERATELY_MS);
			child.kill(signal);
			await child.printed(new RegExp(`${signal} again: already shutting down, \\d+ s left`));
			child.kill(signal);
			await child.printed(/(again: already shutting down[\s\S]*){2}/);
			child.kill("SIGUSR2");
			assert.equal(await answer, "200 whole");
			const { exit, stderr } = await child.ended;
			assert.equal(exit, 0, stderr);
			assert.equal(count(stderr, /is shutting down/), 1);
		});
	}

	it("gives a closer that hangs no more time, and names that closer", async (t) => {
		const child = start(t, "closes-badly", { lingerMs: 0, gracePeriodMs: 60_000 }, "first", "hangs");
		await child.running();
		child.kill("SIGTERM");
		await child.printed(/closing hangs/);
		await delay(DELIBERATELY_MS);
		child.kill("SIGINT");
		const { exit, stderr } = await child.ended;
		assert.equal(exit, 130, stderr);
		assertInOrder(
			stderr,
			/^closing hangs$/m,
			/^closing first$/m,
			/hard stop .*\(SIGINT\): left hangs closing \([\d.]+ m?s\)$/m,
		);
	});

	it("right after the first is taken for the same signal: one drain, exit code 0", async (t) => {
		const child = start(t, "answers-slowly", { lingerMs: 0 });
		const answer = ask(await child.port(), "/slow");
		await child.printed(/handling \/slow/);
		for (const signal of ["SIGINT", "SIGTERM", "SIGINT"] as const) child.kill(signal);
		assert.equal(await answer, "200 whole");
		const { exit, stderr } = await child.ended;
		assert.equal(exit, 0, stderr);
		assert.equal(count(stderr, /is shutting down/), 1);
		assert.equal(count(stderr, /draining/), 1);
		assert.doesNotMatch(stderr, /hard stop/);
	});

	it("shortens nothing where it is SIGTERM and the program has stopped itself", async (t) => {
		const child = start(t, "stops-itself-twice");
		await child.printed(/draining/);
		await delay(DELIBERATELY_MS);
		child.kill("SIGTERM");
		const { exit, stderr } = await child.ended;
		assert.equal(exit, 0, stderr);
		assertInOrder(stderr, / is shutting down: enough; /, /^work done$/m, /everything finished, exit code 0$/m);
		assert.equal(count(stderr, /is shutting down/), 1);
	});

	it("is a hard stop where it is SIGINT and the program has stopped itself", async (t) => {
		const child = start(t, "stops-itself-twice");
		await child.printed(/draining/);
		await delay(DELIBERATELY_MS);
		child.kill("SIGINT");
		const { exit, stderr } = await child.ended;
		assert.equal(exit, 130, stderr);
		assertInOrder(stderr, / is shutting down: enough; /, /hard stop .*\(SIGINT\): left work task/);
	});
});

describe("a signal after everything is closed", { concurrency: 4 }, () => {
	/** A program that is closed and waits for its output to be read. */
	async function closed(t: TestContext): Promise<Child> {
		const child = start(t, "writes-a-lot", { gracePeriodMs: 60_000 }, "alone");
		await child.running();
		child.process.stdout?.pause();
		child.kill("SIGTERM");
		await child.printed(/^lastcall: closed after/m);
		await delay(DELIBERATELY_MS);
		return child;
	}

	it("ends the process at once where it is SIGINT", async (t) => {
		const child = await closed(t);
		const [exit] = await Promise.all([once(child.process, "exit"), child.kill("SIGINT")]);
		assert.deepEqual(exit, [130, null]);
		child.process.stdout?.resume();
	});

	it("changes nothing where it is SIGTERM or SIGHUP", async (t) => {
		const child = await closed(t);
		child.kill("SIGTERM");
		child.kill("SIGHUP");
		child.process.stdout?.resume();
		const { exit, stdout, stderr } = await child.ended;
		assert.equal(exit, 0, stderr);
		assert.match(stdout, /^line 20000 of 20000$/m);
		assert.doesNotMatch(stderr, /again|hard stop/);
	});
});
