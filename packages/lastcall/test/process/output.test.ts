import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { ask } from "../support/ask.ts";
import { Child } from "../support/child.ts";
import { assertInOrder } from "../support/text.ts";
import { fixture, start } from "./fixture.ts";

describe("what the program writes before it ends", { concurrency: 4 }, () => {
	for (const how of ["by itself", "held"]) {
		it(`arrives completely on a pipe that is read slowly, where the process ends ${how}`, async (t) => {
			const child = start(t, "writes-a-lot", {}, how);
			await child.running();
			child.process.stdout?.pause();
			child.kill("SIGTERM");
			await delay(300);
			child.process.stdout?.on("data", () => {
				child.process.stdout?.pause();
				setTimeout(() => child.process.stdout?.resume(), 5);
			});
			child.process.stdout?.resume();
			const { exit, stdout, stderr } = await child.ended;
			assert.equal(exit, 0, stderr);
			const expected = Array.from({ length: 20_000 }, (_, i) => `line ${i + 1} of 20000\n`).join("");
			assert.ok(stdout === expected, `${stdout.length} of ${expected.length} characters arrived`);
		});
	}

	it("to a file is complete", async (t) => {
		const folder = await mkdtemp(join(tmpdir(), "lastcall-file-"));
		t.after(() => rm(folder, { recursive: true }));
		const file = join(folder, "big");
		const child = start(t, "writes-a-file", {}, file);
		await child.running();
		child.kill("SIGTERM");
		const { exit, stderr } = await child.ended;
		assert.equal(exit, 0, stderr);
		assert.ok((await readFile(file)).equals(Buffer.alloc(50_000_000, "x")), "the file is not whole");
	});
});

describe("the log", { concurrency: 4 }, () => {
	it("whose reader has gone does not change the exit code", async (t) => {
		const child = start(t, "answers-slowly", { lingerMs: 0, gracePeriodMs: 1_500 });
		const answer = ask(await child.port(), "/slow");
		await child.printed(/handling \/slow/);
		child.process.stderr?.destroy();
		child.kill("SIGTERM");
		assert.equal(await answer, "200 whole");
		assert.equal((await child.ended).exit, 0);
	});

	it("whose reader has gone does not hide a crash from the exit code", async (t) => {
		const child = start(t, "crashes-when-asked", { lingerMs: 0, gracePeriodMs: 600 });
		const port = await child.port();
		child.process.stderr?.destroy();
		assert.equal(await ask(port, "/throw"), "ECONNRESET");
		assert.equal((await child.ended).exit, 1);
	});

	it("is silent where it is off", async (t) => {
		const { exit, stdout, stderr } = await start(t, "fails-to-start", { log: false }).ended;
		assert.equal(exit, 1, stderr);
		assert.equal(stdout, "");
		assert.equal(stderr, "cache closed\ndatabase closed\n");
	});

	for (const how of ["works", "throws"]) {
		it(`goes to the program's own logger, where that ${how}`, async (t) => {
			const child = start(t, "logs-elsewhere", {}, how);
			await child.printed(/ is running>$/m);
			child.kill("SIGTERM");
			const { exit, stdout, stderr } = await child.ended;
			assert.equal(exit, 0, stderr);
			const warnings = stderr.split("\n").slice(0, -1);
			assert.deepEqual(
				warnings.map((line) => line.replace(/ at .*/, "")),
				how === "works" ? [] : ["lastcall: warning: the log of this program failed: Error: the logger is broken"],
			);
			assertInOrder(
				stdout,
				/^<lastcall: lastcall \(pid \d+\) is running>$/m,
				/^<lastcall: lastcall \(pid \d+\) is shutting down: SIGTERM; grace period 9\.0 s>$/m,
				/^database closed$/m,
				/^<lastcall: closed after [\d.]+ m?s, everything finished, exit code 0>$/m,
				/^<lastcall: open handles keep the process running: .*Timeout; exiting>$/m,
			);
		});
	}

	it("has a line for what holds the event loop after the end, and for nothing else", async (t) => {
		const child = start(t, "holds-the-loop");
		await child.running();
		child.kill("SIGTERM");
		const { exit, stderr } = await child.ended;
		assert.equal(exit, 0, stderr);
		assertInOrder(stderr, /exit code 0$/m, /^lastcall: open handles keep the process running: 2 × Timeout; exiting$/m);
	});

	for (const stdout of ["pipe", "ignore"] as const) {
		it(`has a line for a pipe that holds the event loop, with standard output on ${stdout}`, async (t) => {
			const args = [fixture("reads-standard-input"), JSON.stringify({ gracePeriodMs: 1_000 })];
			const child = new Child(t, process.execPath, args, { stdio: ["pipe", stdout, "pipe"] });
			await child.running();
			child.kill("SIGTERM");
			const { exit, stderr } = await child.ended;
			assert.equal(exit, 0, stderr);
			assertInOrder(stderr, /exit code 0$/m, /^lastcall: open handles keep the process running: PipeWrap; exiting$/m);
		});
	}

	it("has no such line where the program ends by itself, however slowly", async (t) => {
		const { exit, stderr } = await start(t, "ends-slowly").ended;
		assert.equal(exit, 0, stderr);
		assert.doesNotMatch(stderr, /open handles keep/);
	});
});
