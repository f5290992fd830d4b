import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { playRound, type RoundContext } from "#src/drill/play-round.js";
import { parseCommandLine } from "#src/options/command-line.js";
import { readOptions } from "#src/options/read-options.js";
import type { DrillEvent } from "#src/record/drill-event.js";
import { isLiving } from "../support/started-program.ts";

const server = `console.log(process.pid + ".");
	require("node:http").createServer((_, response) => response.end("ok")).listen(0, "127.0.0.1")`;

/** The command line of a server that responds to everything, and writes its pid. */
const WORDS = ["--load", "back-to-back,connections=2", "--", process.execPath, "-e", server];

/** A context that keeps the events, and what the program writes. */
function contextOf(words: readonly string[], abort = new AbortController().signal) {
	const parsed = parseCommandLine(words, "0");
	assert.ok("drill" in parsed);
	const events: DrillEvent[] = [];
	const written: string[] = [];
	const context: RoundContext = {
		options: readOptions(parsed.drill),
		round: 1,
		seed: 1,
		abort,
		onEvent: (event) => events.push(event),
		onOutput: (text) => written.push(text),
	};
	const pid = () => Number(/(\d+)\./.exec(written.join(""))?.[1]);
	return { context, types: () => events.map(({ type }) => type), pid };
}

describe("a round", () => {
	it("starts, loads, stops and counts, and leaves nothing", async () => {
		const { context, types, pid } = contextOf(WORDS);
		const { url, data } = await playRound(context);
		assert.match(url, /^http:\/\/127\.0\.0\.1:\d+\/$/);
		assert.deepEqual(types(), ["starting", "up", "loading", "stopping", "ended", "round"]);
		assert.equal(data.report.exit?.signal, "SIGTERM");
		assert.equal(data.loads.length, 1);
		assert.equal(data.loads[0]?.records.length, data.report.tally.total);
		assert.ok(data.report.tally.answered > 0);
		assert.equal(await isLiving(pid()), false);
	});

	it("rejects if the program ends before the stop", async () => {
		// The stop comes 200 ms after the last of the connections at the soonest.
		const program = `let count = 0;
			const server = require("node:net").createServer(() => ++count === 20 && setTimeout(process.exit, 20, 3));
			server.listen(0, "127.0.0.1", () => console.log(process.pid + "."))`;
		const { context, types } = contextOf(["-l", "silent,connections=20", "--", process.execPath, "-e", program]);
		await assert.rejects(playRound(context), {
			code: "ERR_DRILL_ENDED_EARLY",
			message: /^The target ended before the stop\.\n\d+\.\n$/,
		});
		assert.equal(types().at(-1), "loading");
	});

	it("rejects if the loads do not get steady in time", async () => {
		const { context, pid } = contextOf(["--ready", "4s", "-l", "keep-alive-edge", ...WORDS]);
		await assert.rejects(playRound(context), { code: "ERR_DRILL_NOT_STEADY" });
		assert.equal(await isLiving(pid()), false);
	});

	it("that is aborted leaves nothing", async () => {
		const controller = new AbortController();
		const { context, pid } = contextOf(WORDS, controller.signal);
		const onEvent = ({ type }: DrillEvent): void => {
			if (type === "loading") controller.abort();
		};
		await assert.rejects(playRound({ ...context, onEvent }), { name: "AbortError" });
		assert.equal(await isLiving(pid()), false);
	});

	it("stops 200 ms after it began to load, at the soonest", async () => {
		const atMs = new Map<string, number>();
		const { context } = contextOf(WORDS);
		await playRound({ ...context, onEvent: ({ type }) => atMs.set(type, performance.now()) });
		const [loading = 0, stopping = 0] = [atMs.get("loading"), atMs.get("stopping")];
		assert.ok(stopping - loading >= 200, `${stopping - loading} ms`);
	});
});
