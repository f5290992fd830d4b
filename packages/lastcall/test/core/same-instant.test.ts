import assert from "node:assert/strict";
import { test } from "node:test";
import { hang } from "../support/deferred.ts";
import { SIGINT, SIGTERM } from "../support/stop-reasons.ts";
import { runningService } from "../support/watched-service.ts";

test("work that ends in the instant of the hard stop is finished or left by the order of the timers, and the report says which", async () => {
	for (const workFirst of [true, false]) {
		const { service, clock, emitted } = await runningService();
		service.defer("db", () => {});
		let end = (): void => {};
		service.task("outbox", () => new Promise<void>((resolve) => (end = resolve)));
		if (workFirst) clock.after(8_000, () => end());
		const stopped = service.stop();
		if (!workFirst) clock.after(8_000, () => end());
		await clock.advance(8_000);
		const report = await stopped;
		assert.equal(report.ok, workFirst);
		assert.equal(report.exitCode, workFirst ? 0 : 1);
		assert.deepEqual(
			report.left.map(({ name }) => name),
			workFirst ? [] : ["outbox"],
		);
		assert.deepEqual(report.hardStop, workFirst ? undefined : { cause: "deadline", atMs: 8_000 });
		assert.equal(emitted("hard-stop").length, workFirst ? 0 : 1);
		assert.equal(service.hardStopSignal.aborted, !workFirst);
		assert.deepEqual(report.closers, [{ name: "db", outcome: "closed", durationMs: 0 }]);
	}
});

test("a server that is drained in the instant of the hard stop counts as drained if that comes first", async () => {
	for (const drainedFirst of [true, false]) {
		const { service, clock, serve } = await runningService();
		const http = serve("http");
		http.accept("GET /");
		if (drainedFirst) clock.after(10_000, () => http.finish());
		const stopped = service.stop();
		if (!drainedFirst) clock.after(10_000, () => http.finish());
		await clock.advance(10_000);
		const report = await stopped;
		assert.equal(report.ok, drainedFirst);
		assert.equal(http.hardStops, drainedFirst ? 0 : 1);
	}
});

test("the last task and the last server that end in one instant, in either order, have both finished", async () => {
	for (const taskFirst of [true, false]) {
		const { service, clock, serve } = await runningService();
		const http = serve("http");
		http.accept("GET /");
		if (taskFirst) service.task("outbox", () => clock.wait(100));
		clock.after(100, () => http.finish());
		if (!taskFirst) service.task("outbox", () => clock.wait(100));
		const stopped = service.stop();
		await clock.advance(100);
		const report = await stopped;
		assert.equal(report.ok, true);
		assert.equal(report.durationMs, 100);
	}
});

test("a closer that ends in the instant of the deadline is closed or left, never both or neither", async () => {
	for (const alone of [true, false]) {
		for (const closerFirst of [true, false]) {
			const { service, clock } = await runningService();
			let end = (): void => {};
			if (closerFirst) clock.after(10_000, () => end());
			// With an older closer, it has had its share before and is waited for again.
			if (!alone) service.defer("quick", () => {});
			service.defer("db", () => new Promise<void>((resolve) => (end = resolve)));
			const stopped = service.stop();
			await clock.advance(6_000);
			if (!closerFirst) clock.after(4_000, () => end());
			await clock.advance(4_000);
			const report = await stopped;
			const outcome = report.closers.find(({ name }) => name === "db")?.outcome;
			if (closerFirst) assert.equal(outcome, "closed");
			assert.equal(report.left.length, outcome === "left" ? 1 : 0);
			assert.equal(report.ok, outcome === "closed");
			assert.equal(report.hardStop === undefined, outcome === "closed");
			assert.equal(report.durationMs, 10_000);
		}
	}
});

test("a closer that ends in the instant in which its share is over does not hold up the next one", async () => {
	for (const closerFirst of [true, false]) {
		const { service, clock } = await runningService();
		const start = clock.now();
		let begunAt: number | undefined;
		let end = (): void => {};
		service.defer("a", () => {
			begunAt = clock.now() - start;
		});
		if (closerFirst) clock.after(5_000, () => end());
		service.defer("b", () => new Promise<void>((resolve) => (end = resolve)));
		const stopped = service.stop();
		await clock.advance(0);
		if (!closerFirst) clock.after(5_000, () => end());
		await clock.advance(5_000);
		const report = await stopped;
		assert.equal(begunAt, 5_000);
		assert.equal(report.ok, true);
		assert.equal(report.durationMs, 5_000);
	}
});

test("a second signal in the instant of the hard stop sets the exit code only if it comes first", async () => {
	for (const signalFirst of [true, false]) {
		const { service, clock, state } = await runningService();
		service.task("outbox", hang);
		if (signalFirst) clock.after(10_000, () => void state.stopNow(SIGINT));
		const stopped = state.stop(SIGTERM);
		if (!signalFirst) clock.after(10_000, () => void state.stopNow(SIGINT));
		await clock.advance(10_000);
		const report = await stopped;
		assert.equal(report.hardStop?.cause, signalFirst ? SIGINT : "deadline");
		assert.equal(report.exitCode, signalFirst ? 130 : 1);
		assert.equal(report.left.length, 1);
	}
});

test("a second signal in the instant in which the lame duck ends is a hard stop, in either order", async () => {
	for (const signalFirst of [true, false]) {
		const { service, clock, state } = await runningService({ lameDuckMs: 100 });
		service.task("outbox", hang);
		if (signalFirst) clock.after(100, () => void state.stopNow(SIGINT));
		const stopped = state.stop(SIGTERM);
		if (!signalFirst) clock.after(100, () => void state.stopNow(SIGINT));
		await clock.advance(100);
		const report = await stopped;
		assert.deepEqual(report.hardStop, { cause: SIGINT, atMs: 100 });
		assert.equal(report.durationMs, 100);
	}
});

test("a task that is given in the instant in which the lame duck ends is waited for, in either order", async () => {
	for (const taskFirst of [true, false]) {
		const { service, clock, state } = await runningService({ lameDuckMs: 100 });
		service.task("outbox", () => clock.wait(200));
		const give = (): void => service.task("mail", () => clock.wait(300));
		if (taskFirst) clock.after(100, give);
		const stopped = state.stop(SIGTERM);
		if (!taskFirst) clock.after(100, give);
		await clock.advance(400);
		const report = await stopped;
		assert.equal(report.ok, true);
		assert.equal(report.durationMs, 400);
	}
});

test("with no time left to drain, work that has ended already still counts as finished", async () => {
	const { service, clock } = await runningService({ closeReserveMs: 10_000 });
	service.defer("db", () => {});
	service.task("outbox", (signal) => new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve())));
	const stopped = service.stop();
	await clock.advance(0);
	const report = await stopped;
	assert.equal(report.ok, true);
	assert.equal(report.hardStop, undefined);
});
