import assert from "node:assert/strict";
import { test } from "node:test";
import { block } from "../support/block-loop.ts";

const INTERRUPTED_MS = 1_000;

test("the time of a request is right also where the process is interrupted while the two clocks are compared", async (t) => {
	const { hrtime } = process;
	t.after(() => {
		process.hrtime = hrtime;
	});
	let isFirst = true;
	const interrupted = (): [number, number] => {
		if (isFirst) block(INTERRUPTED_MS);
		isFirst = false;
		return hrtime();
	};
	process.hrtime = Object.assign(interrupted, { bigint: hrtime.bigint });
	const { monotonicNow } = await import("#src/servers/listening/monotonic-now.js");
	const now = monotonicNow();
	assert.equal(isFirst, false);
	const behindMs = performance.now() - now;
	assert.ok(behindMs >= 0 && behindMs < INTERRUPTED_MS, `${behindMs} ms`);
});
