import assert from "node:assert/strict";
import { test } from "node:test";
import { StoppedError } from "lastcall";
import { afterMicrotasks, Deferred, hang } from "../support/deferred.ts";
import { settled } from "../support/fake-clock.ts";
import { SIGINT, SIGTERM } from "../support/stop-reasons.ts";
import { runningService, WatchedService } from "../support/watched-service.ts";

/** More microtasks than the shutdown takes from one phase to the next. */
const TURNS = 40;

/** Calls `second` `apart` microtasks after `first`, or before it where `apart` is negative. */
function bothWithin(apart: number, first: () => void, second: () => void): void {
	if (apart < 0) {
		second();
		afterMicrotasks(-apart, first);
	} else {
		first();
		afterMicrotasks(apart, second);
	}
}

/** Every distance in microtasks that two events of one turn can have. */
const APART = Array.from({ length: 2 * TURNS + 1 }, (_, i) => i - TURNS);

test("a second signal in any microtask around the end of the last task leaves a right report", async () => {
	for (const apart of APART) {
		const { service, clock, state, emitted } = await runningService();
		const outbox = new Deferred();
		service.task("outbox", () => outbox.promise);
		service.defer("db", () => Promise.resolve().then(() => {}));
		void state.stop(SIGTERM);
		await clock.advance(100);
		let phase: string | undefined;
		bothWithin(apart, outbox.resolve, () => {
			phase = service.phase;
			void state.stopNow(SIGINT);
		});
		await clock.advance(10_000);
		const report = await service.closed;
		const where = `${apart} microtasks apart, in ${phase}`;
		if (apart >= 0) assert.deepEqual(report.left, [], `${where}: what had ended before the signal is not left`);
		assert.deepEqual(report.errors, [], where);
		assert.equal(report.ok, report.left.length === 0, where);
		// A signal after everything is closed ends nothing.
		assert.equal(report.hardStop?.cause, phase === "closed" ? undefined : SIGINT, where);
		assert.equal(report.exitCode, phase === "closed" ? 0 : 130, where);
		assert.equal(emitted("hard-stop").length, report.hardStop === undefined ? 0 : 1, where);
		assert.equal(service.hardStopSignal.aborted, report.hardStop !== undefined, where);
	}
});

test("with a second signal in any microtask around the end of a closer, that is closed or left, not half of each", async () => {
	for (const pastItsShare of [false, true]) {
		for (const apart of APART) {
			const { service, clock, state } = await runningService();
			const db = new Deferred();
			// An older closer begins after the share; then the first is waited for until the deadline.
			if (pastItsShare) service.defer("quick", () => {});
			service.defer("db", () => db.promise);
			void state.stop(SIGTERM);
			await clock.advance(6_000);
			let phase: string | undefined;
			bothWithin(apart, db.resolve, () => {
				phase = service.phase;
				void state.stopNow(SIGINT);
			});
			await clock.advance(0);
			const report = await service.closed;
			const outcome = report.closers.find(({ name }) => name === "db")?.outcome;
			const where = `${apart} microtasks apart: ${outcome}`;
			assert.equal(report.left.length, outcome === "left" ? 1 : 0, where);
			assert.equal(report.ok, outcome === "closed", where);
			assert.equal(report.exitCode, phase === "closed" ? 0 : 130, where);
		}
	}
});

test("with a second signal in any microtask around the failure of a closer, its error is in the report or it is left", async () => {
	for (const apart of APART) {
		const { service, clock, state } = await runningService();
		const db = new Deferred();
		service.defer("quick", () => {});
		service.defer("db", () => db.promise);
		void state.stop(SIGTERM);
		await clock.advance(6_000);
		bothWithin(
			apart,
			() => db.reject("boom"),
			() => void state.stopNow(SIGINT),
		);
		await clock.advance(0);
		const report = await service.closed;
		const outcome = report.closers.find(({ name }) => name === "db")?.outcome;
		const where = `${apart} microtasks apart: ${outcome}`;
		assert.equal(report.ok, false, where);
		assert.equal(report.errors.length, outcome === "failed" ? 1 : 0, where);
		assert.equal(report.left.length, outcome === "left" ? 1 : 0, where);
	}
});

test("a task that is begun in any microtask around the end of the last one is waited for or refused", async () => {
	for (const apart of APART) {
		const { service, clock } = await runningService();
		const [outbox, mail] = [new Deferred(), new Deferred()];
		service.task("outbox", () => outbox.promise);
		let mailIsInFlight = false;
		let closedUnderIt = false;
		service.defer("db", () => {
			closedUnderIt = mailIsInFlight;
		});
		void service.stop();
		await clock.advance(100);
		bothWithin(apart, outbox.resolve, () => {
			try {
				service.task("mail", () => mail.promise);
				mailIsInFlight = true;
			} catch (error) {
				assert.ok(error instanceof StoppedError);
			}
		});
		await settled();
		mailIsInFlight = false;
		mail.resolve();
		await clock.advance(0);
		assert.equal((await service.closed).ok, true);
		assert.equal(closedUnderIt, false, `${apart} microtasks apart: the database was closed under a task`);
	}
});

test("a resource that is acquired in any microtask around the end of the last closer is closed once", async () => {
	for (const apart of APART) {
		const { service, clock } = await runningService();
		const db = new Deferred();
		let closed = 0;
		let refused = false;
		service.defer("db", () => db.promise);
		void service.stop();
		await clock.advance(100);
		bothWithin(apart, db.resolve, () => {
			try {
				service.defer("late", () => closed++);
			} catch (error) {
				assert.ok(error instanceof StoppedError);
				refused = true;
			}
		});
		await clock.advance(0);
		const report = await service.closed;
		assert.equal(closed, 1, `${apart} microtasks apart`);
		assert.equal(report.closers.length, refused ? 1 : 2, `${apart} microtasks apart`);
	}
});

test("a resource that is acquired in any microtask around the end of the last task is closed once", async () => {
	for (const apart of APART) {
		const { service, clock } = await runningService();
		const outbox = new Deferred();
		let closed = 0;
		service.task("outbox", () => outbox.promise);
		void service.stop();
		await clock.advance(100);
		bothWithin(apart, outbox.resolve, () => {
			try {
				service.defer("late", () => closed++);
			} catch (error) {
				assert.ok(error instanceof StoppedError);
			}
		});
		await clock.advance(0);
		await service.closed;
		assert.equal(closed, 1, `${apart} microtasks apart`);
	}
});

test("of a failure and a stop in one turn the first is the stop reason, and the failure is in the errors", async () => {
	const error = new Error("boom");
	for (const kind of ["reject, then stop", "throw, then stop", "stop, then reject"]) {
		const { service, clock } = await runningService();
		const outbox = new Deferred();
		if (kind !== "throw, then stop") service.task("outbox", () => outbox.promise);
		if (kind === "reject, then stop") outbox.reject(error);
		if (kind === "throw, then stop") {
			service.task("outbox", () => {
				throw error;
			});
		}
		void service.stop();
		outbox.promise.catch(() => {});
		outbox.reject(error);
		await clock.advance(0);
		const report = await service.closed;
		// A rejection is seen one microtask later, a throw at once.
		assert.equal(report.reason.kind, kind === "throw, then stop" ? "task-failed" : "call", kind);
		assert.deepEqual(report.errors, [{ name: "outbox", error }], kind);
		assert.equal(report.exitCode, 1, kind);
	}
});

test("after a stop in the turn in which main ends the service never runs, and nothing has failed", async () => {
	for (const mainFirst of [true, false]) {
		const { service, clock, types } = new WatchedService();
		const main = new Deferred();
		const started = service.start(() => main.promise);
		await clock.advance(10);
		if (mainFirst) main.resolve();
		void service.stop();
		if (!mainFirst) main.resolve();
		await clock.advance(0);
		await started;
		assert.deepEqual(types(), ["stopping", "draining", "closed"]);
		assert.equal((await service.closed).ok, true);
	}
});

test("with a stop in any microtask around the end of main the phases keep their order", async () => {
	for (const apart of APART) {
		const { service, clock, types } = new WatchedService();
		const main = new Deferred();
		const started = service.start(() => main.promise);
		await clock.advance(10);
		bothWithin(apart, main.resolve, () => void service.stop());
		await clock.advance(0);
		await started;
		const stopped = ["stopping", "draining", "closed"];
		assert.deepEqual(types(), types().includes("running") ? ["running", ...stopped] : stopped, `${apart} apart`);
		assert.equal((await service.closed).ok, true);
	}
});

test("two stops in one turn are one stop, and the first wins", async () => {
	const caller = new AbortController();
	const { service, clock, state, emitted } = await runningService({ signal: caller.signal });
	void state.stop(SIGTERM);
	void state.stop(SIGINT);
	caller.abort();
	void service.stop();
	await clock.advance(0);
	assert.equal(emitted("stopping").length, 1);
	assert.equal((await service.closed).reason, SIGTERM);
});

test("a stop that an observer of the stop asks for doesn't change the order of the events", async () => {
	const { service, clock, types } = await runningService();
	service.task("outbox", hang);
	service.drainSignal.addEventListener("abort", () => void service.stopNow("from within"));
	service.hardStopSignal.addEventListener("abort", () => void service.stop("again"));
	void service.stop("enough");
	await clock.advance(0);
	assert.deepEqual(types(), ["running", "stopping", "draining", "hard-stop", "closed"]);
	const report = await service.closed;
	assert.deepEqual(report.reason, { kind: "call", why: "enough" });
	assert.deepEqual(report.hardStop?.cause, { kind: "call", why: "from within" });
});

test("a closer that awaits service.stop() does not wait for itself for ever", async () => {
	const { service, clock } = await runningService();
	service.defer("db", () => void service.stop());
	service.defer("cache", () => void service.stopNow());
	void service.stop("enough");
	await clock.advance(0);
	const report = await service.closed;
	assert.deepEqual(report.reason, { kind: "call", why: "enough" });
	assert.deepEqual(
		report.closers.map(({ outcome }) => outcome),
		["closed", "closed"],
	);
});
