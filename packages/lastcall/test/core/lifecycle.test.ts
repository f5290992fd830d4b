import assert from "node:assert/strict";
import { test } from "node:test";
import { Lifecycle, PHASES } from "#src/core/phase.js";
import { FakeClock } from "../support/fake-clock.ts";

test("the first phase is starting", () => {
	assert.equal(new Lifecycle(new FakeClock()).phase, "starting");
});

test("a lifecycle never goes back to a phase, whichever is asked for", () => {
	for (const [reached, phase] of PHASES.entries()) {
		for (const [asked, other] of PHASES.entries()) {
			const lifecycle = new Lifecycle(new FakeClock());
			lifecycle.enter(phase);
			lifecycle.enter(other);
			assert.equal(lifecycle.phase, PHASES[Math.max(reached, asked)], `${phase}, then ${other}`);
		}
	}
});

test("a phase is still to come only until it is entered or passed over", () => {
	const lifecycle = new Lifecycle(new FakeClock());
	lifecycle.enter("draining");
	assert.deepEqual(
		PHASES.filter((phase) => lifecycle.isBefore(phase)),
		["closing", "closed"],
	);
});

test("the times of the phases count from the stop reason; each phase is there once, those passed over are not", async () => {
	const clock = new FakeClock();
	const lifecycle = new Lifecycle(clock);
	lifecycle.enter("running");
	await clock.advance(50);
	const start = clock.now();
	lifecycle.enter("draining");
	await clock.advance(7);
	lifecycle.enter("draining");
	lifecycle.enter("running");
	lifecycle.enter("closed");
	assert.deepEqual(lifecycle.since(start), [
		{ phase: "draining", atMs: 0 },
		{ phase: "closed", atMs: 7 },
	]);
});
