import assert from "node:assert/strict";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { ask } from "../support/ask.ts";
import { assertInOrder, count } from "../support/text.ts";
import { start } from "./fixture.ts";

describe("in a process that runs other code too", { concurrency: 4 }, () => {
	it("signal listeners of the program are called and stay", async (t) => {
		const child = start(t, "listens-to-signals-itself");
		await child.running();
		child.kill("SIGTERM");
		const { exit, stderr } = await child.ended;
		assert.equal(exit, 0, stderr);
		assertInOrder(stderr, /^earlier listener called$/m, /^at the end: earlier true, later true$/m);
		assert.equal(count(stderr, /^later listener called$/), 1);
		assert.match(stderr, /is shutting down: SIGTERM/);
	});

	it("a run with exit: false leaves nothing behind, patches nothing and does not set the exit code", async (t) => {
		const { exit, stdout, stderr } = await start(t, "stays-alive").ended;
		const [during, end, afterwards, events] = stdout.split("\n", 4).map((line) => JSON.parse(line));
		assert.deepEqual(during, { patched: [], stopsOn: 1 });
		assert.deepEqual(end, { kind: "task-failed", exitCode: 1, ofProcess: null });
		assert.deepEqual(afterwards, { patched: [] });
		assert.deepEqual(events.after, events.before);
		assert.equal(exit, 0, stderr);
	});

	for (const [how, exitCode] of [
		["succeeds", 0],
		["fails", 1],
	] as const) {
		it(`two runs don't cut each other short, and the higher exit code wins where the quicker one ${how}`, async (t) => {
			await twoServices(t, exitCode, how);
		});
	}

	it("two copies of the package don't cut each other short either", async (t) => {
		const copy = await mkdtemp(join(tmpdir(), "lastcall-copy-"));
		t.after(() => rm(copy, { recursive: true }));
		const original = fileURLToPath(new URL("../../../", import.meta.url));
		for (const part of ["package.json", "lib"]) await cp(join(original, part), join(copy, part), { recursive: true });
		await twoServices(t, 1, "fails", pathToFileURL(join(copy, "lib/index.js")).href);
	});

	it("a run with exit: false doesn't make a later run fail", async (t) => {
		const { exit, stdout, stderr } = await start(t, "runs-in-turn", { exit: false }, "{}").ended;
		assert.equal(stdout, "the first deserves 1\n");
		assert.equal(exit, 0, stderr);
	});

	it("a run that may exit sets its exit code where a run with exit: false ends last", async (t) => {
		const { exit, stderr } = await start(t, "overlaps", {}).ended;
		assertInOrder(stderr, /1 failed, exit code 1$/m, /everything finished, exit code 0$/m);
		assert.equal(exit, 1, stderr);
	});
});

async function twoServices(t: Parameters<typeof start>[0], exitCode: number, ...args: string[]): Promise<void> {
	const child = start(t, "two-services", { lingerMs: 0 }, ...args);
	await child.printed(/both started/);
	const answer = ask(await child.port(), "/slow");
	await child.printed(/handling \/slow/);
	child.kill("SIGTERM");
	assert.equal(await answer, "200 whole");
	const { exit, stderr } = await child.ended;
	assert.equal(exit, exitCode, stderr);
	assertInOrder(
		stderr,
		/^quick closed$/m,
		new RegExp(`^lastcall: closed after .*, exit code ${exitCode}$`, "m"),
		/^lastcall: closed after .*, exit code 0$/m,
	);
	assert.doesNotMatch(stderr, /hard stop/);
}
