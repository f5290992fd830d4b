import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { ask } from "../support/ask.ts";
import { assertInOrder, count } from "../support/text.ts";
import { DRAINING, IMPORT, Preloaded, type Stopped } from "./preloaded.ts";

/** Lets a program end in its own way, during the drain if it has one. */
async function ended(t: TestContext, kind: string, flags: readonly string[] = IMPORT): Promise<Stopped> {
	const program = new Preloaded(t, "crashes", { flags, args: [kind] });
	const { response } = await program.inFlight();
	if (flags.length > 0) {
		program.kill("SIGTERM");
		await program.printed(DRAINING);
	}
	program.release();
	return { response: await response, ...(await program.ended) };
}

/** What Node.js prints of an error, without places within Node.js, which the preload may have changed. */
function crashText(stderr: string): string {
	const lines = stderr.split("\n").filter((line) => !/^(listens|handling|lastcall:|\s+at .*node:internal)/.test(line));
	return lines
		.join("\n")
		.replace(/^node:internal.*$/gm, "")
		.trim();
}

describe("a crash in the drain is the program's", { concurrency: 3 }, () => {
	for (const [kind, exit] of [
		["throws", 1],
		["rejects", 1],
		["handles its exception", 11],
	] as const) {
		it(`the exit code and the text are as without, and the log says what was lost: one that ${kind}`, async (t) => {
			const [drained, control] = await Promise.all([ended(t, kind), ended(t, kind, [])]);
			assert.equal(control.exit, exit, control.stderr);
			assert.equal(drained.exit, exit, drained.stderr);
			assert.match(crashText(control.stderr), /by the program/);
			assert.equal(crashText(drained.stderr), crashText(control.stderr));
			assert.equal(drained.response, "ECONNRESET");
			assert.equal(count(drained.stderr, /^lastcall: warning: /), 1, drained.stderr);
		});
	}
});

describe("process.exit() in the drain", { concurrency: 2 }, () => {
	for (const [kind, exit] of [
		["exits with 9", 9],
		["exits with its own code", 10],
	] as const) {
		it(`keeps the exit code, and is warned of with the place: one that ${kind}`, async (t) => {
			const { exit: code, response, stderr } = await ended(t, kind);
			assert.equal(code, exit, stderr);
			assert.equal(response, "ECONNRESET");
			assert.equal(count(stderr, /^lastcall: warning: .*process\.exit\(.*crashes\.js:\d+/), 1, stderr);
		});
	}
});

describe("what would keep a drain from ending", { concurrency: 2 }, () => {
	it("a blocked event loop: the watchdog ends the process after the deadline, and says so", async (t) => {
		const env = { LASTCALL_GRACE_PERIOD_MS: "1000" };
		const program = new Preloaded(t, "crashes", { args: ["blocks the event loop"], env });
		const { response } = await program.inFlight();
		program.kill("SIGTERM");
		await program.printed(DRAINING);
		program.release();
		assert.equal(await response, "ECONNRESET");
		const { exit, stderr } = await program.ended;
		assert.equal(exit, "SIGKILL", stderr);
		assertInOrder(stderr, /^blocks$/m, /^lastcall: .*event loop/m);
	});

	it("nothing reads standard error any more: the drain goes on, and the program does not crash of the log", async (t) => {
		for (const kind of ["none", "exits at once"]) {
			const program = new Preloaded(t, "handles-signals", { args: [kind], env: { SAY_FD: "1" } });
			const { response } = await program.inFlight();
			program.process.stderr?.destroy();
			program.kill("SIGTERM");
			// Its listener is closed when it refuses a connection: it has begun to drain.
			const port = await program.port();
			while ((await ask(port, "/")) !== "ECONNREFUSED");
			program.release();
			assert.equal(await response, "200 whole");
			const { exit, stdout } = await program.ended;
			assert.equal(exit, 0, stdout);
			assert.equal(count(stdout, /^own listener/), kind === "none" ? 0 : 1);
		}
	});
});
