import assert from "node:assert/strict";
import { test } from "node:test";
import { drill } from "#src/drill/drill.js";
import { DrilledProgram } from "#src/drill/drilled-program.js";
import { parseCommandLine } from "#src/options/command-line.js";
import { readOptions } from "#src/options/read-options.js";

const server = 'require("node:http").createServer((_, answer) => answer.end("ok")).listen(0, "127.0.0.1")';

test("nothing holds the loads up before the stop", async (t) => {
	const seen: { what: string; atMs: number }[] = [];
	const { ports, stop } = DrilledProgram.prototype;
	t.mock.method(DrilledProgram.prototype, "ports", async function (this: DrilledProgram) {
		const found = await ports.call(this);
		seen.push({ what: "looked", atMs: performance.now() });
		return found;
	});
	t.mock.method(DrilledProgram.prototype, "stop", function (this: DrilledProgram, abort: AbortSignal) {
		seen.push({ what: "stopped", atMs: performance.now() });
		return stop.call(this, abort);
	});
	const parsed = parseCommandLine(["--quiet", "--load", "back-to-back", "--", process.execPath, "-e", server], "0");
	assert.ok("drill" in parsed);
	const abort = new AbortController().signal;
	await drill(readOptions(parsed.drill), { version: "0", abort, onEvent: () => {}, onOutput: () => {} });
	const [last, before] = seen.reverse();
	assert.equal(last?.what, "stopped");
	assert.equal(before?.what, "looked");
	// A look stops the event loop: the stop right after it would find every client idle.
	const undisturbedMs = (last?.atMs ?? 0) - (before?.atMs ?? 0);
	assert.ok(undisturbedMs > 150, `${undisturbedMs} ms`);
});
