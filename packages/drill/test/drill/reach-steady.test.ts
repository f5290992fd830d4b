import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type NamedLoad, reachSteady } from "#src/drill/reach-steady.js";
import { tally } from "#src/record/outcome.js";

const never = new Promise<never>(() => {});
const { signal: noAbort } = new AbortController();

/** A load that becomes steady as `steady` does. */
function load(name: string, steady: Promise<void>, { notSteady = 0, answered = 0 } = {}): NamedLoad {
	return { name, load: { steady, notSteady, tally: { ...tally([]), answered } } };
}

describe("loads", () => {
	it("are waited for until all are steady", async () => {
		let resolve: () => void = () => {};
		const last = new Promise<void>((done) => {
			resolve = done;
		});
		let isSteady = false;
		const loads = [load("pausing", Promise.resolve()), load("rate", last)];
		const limits = { readyMs: 60_000, abort: noAbort, programEnded: never };
		const steady = reachSteady(loads, limits).then(() => {
			isSteady = true;
		});
		await new Promise(setImmediate);
		assert.equal(isSteady, false);
		resolve();
		await steady;
	});

	it("that can't become steady say why", async () => {
		const cause = new Error("A connection was refused.");
		const loads = [load("rate", Promise.reject(cause)), load("pausing", never)];
		await assert.rejects(reachSteady(loads, { readyMs: 60_000, abort: noAbort, programEnded: never }), {
			code: "ERR_DRILL_NOT_STEADY",
			message: cause.message,
			cause,
		});
	});

	for (const [what, answered, advice] of [
		["get no response", 0, "Raise --ready if its responses take that long"],
		["get some", 70, "It is probably saturated: try fewer connections"],
	] as const) {
		it(`that ${what} in time are named, with what to try`, async () => {
			const loads = [
				load("pausing /a", never, { notSteady: 12, answered }),
				load("rate", Promise.resolve()),
				load("pausing /b", never, { notSteady: 1 }),
			];
			const limits = { readyMs: 5, abort: noAbort, programEnded: never };
			await assert.rejects(reachSteady(loads, limits), ({ message }: Error) => {
				const text = `within 5 ms: connections still wait in pausing /a (12), pausing /b (1), and ${answered} requests were`;
				assert.ok(message.includes(text), message);
				assert.ok(message.includes(advice), message);
				return true;
			});
		});
	}

	it("are not waited for when the program ends, or the drill is aborted", async () => {
		const ended = new Error("ended");
		const loads = [load("rate", never)];
		const limits = { readyMs: 60_000, abort: noAbort, programEnded: never };
		await assert.rejects(reachSteady(loads, { ...limits, programEnded: Promise.reject(ended) }), ended);
		await assert.rejects(reachSteady(loads, { ...limits, abort: AbortSignal.abort() }), { name: "AbortError" });
	});
});
