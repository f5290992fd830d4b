import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { ShutdownReport } from "lastcall";
import { PHASES } from "#src/core/phase.js";
import { toFailure } from "#src/core/stop-reason.js";
import { SIGINT } from "../support/stop-reasons.ts";
import { longestChain } from "./model-order.ts";
import { areOrdered, assertClose, type Fact, Play, ROUNDING_MS } from "./play.ts";
import { type Scenario, scenarios } from "./scenario.ts";

const RUNS = Number(process.env.LASTCALL_PROPERTY_RUNS ?? 1_000);

/** What must be true of each shutdown when it is over. `Play` checks what must be true at each instant. */
const LAWS: Record<string, (play: Play, report: ShutdownReport) => void> = {
	"every closer began once, also one that came too late": ({ closers }) => {
		for (const { name, begun } of closers) assert.equal(begun, 1, `${name} began ${begun} times`);
	},

	"none began in the turn in which the last unit of work ended": ({ overtaken }) => {
		assert.deepEqual(overtaken, []);
	},

	"what fetches work was stopped once: when draining began, or at once if it came later": (play, { phases }) => {
		const drainingAt = instant(play, phases.find(({ phase }) => phase === "draining")?.atMs ?? assert.fail());
		for (const { name, begun, begunAt, acquiredAt } of play.intakes) {
			assert.equal(begun, 1, `${name} was stopped ${begun} times`);
			assertClose(Number(begunAt), Math.max(drainingAt, acquiredAt), `${name} was stopped`);
		}
	},

	"each began as soon as all that come before it had ended, or had had their share": (play, report) => {
		if (play.hurriedAt !== undefined) return;
		for (const [i, fact] of play.order.entries()) {
			const before = play.order.slice(0, i).filter((other) => areOrdered(other, fact));
			const soonest = Math.max(closingAt(play, report), fact.acquiredAt, ...before.map(overAt));
			assertClose(Number(fact.begunAt), soonest, `${fact.name} began`);
		}
	},

	"no closer has less than its part of the time, whatever the others do": (play, report) => {
		const { order, budgetMs } = play;
		const at = closingAt(play, report);
		// `at` is rounded: a closer that the first one adds when it begins may seem to have come before.
		const isLate = ({ acquiredAt }: Fact): boolean => acquiredAt >= at - ROUNDING_MS;
		if (play.hurriedAt !== undefined || order.some(isLate)) return;
		const places = order.map(({ place }) => place);
		const longest = Math.max(...places.map((place) => longestChain(place, places)));
		const part = (instant(play, budgetMs) - at) / longest;
		for (const { name, shareMs } of order) {
			assert.ok(shareMs >= part - ROUNDING_MS, `${name} had ${shareMs} ms, less than ${part}`);
		}
	},

	"the report has every closer in the order of its end, with the outcome it really had": (play, report) => {
		const { order } = play;
		const facts = new Map(order.map((fact) => [fact.name, fact]));
		assert.equal(report.closers.length, order.length);
		const instants = report.closers.map(({ name, outcome }) => {
			const { endedAt, begunAt } = facts.get(name) ?? assert.fail(name);
			return outcome === "left" ? LAST + Number(begunAt) : Number(endedAt);
		});
		assert.deepEqual(
			instants,
			instants.toSorted((a, b) => a - b),
		);
		for (const { name, outcome, durationMs, error } of report.closers) {
			const fact = facts.get(name) ?? assert.fail(name);
			assert.equal(outcome, outcomeOf(fact), name);
			assert.equal(error, outcome === "failed" ? fact.failure?.error : undefined, name);
			const end = outcome === "left" ? instant(play, report.durationMs) : fact.endedAt;
			assertClose(durationMs, Number(end) - Number(fact.begunAt), `the duration of ${name}`);
			if (outcome === "left" && play.hurriedAt === undefined) {
				assertClose(report.durationMs, play.budgetMs, `${name} was left before the deadline, at`);
			}
		}
	},

	"what was in flight at the hard stop is left, and every closer that had not ended, and nothing else": (
		play,
		report,
	) => {
		const { left, closers } = report;
		const at = closingAt(play, report);
		const names = left.map(({ name, what }) => (what.startsWith("GET") ? `${name} ${what}` : name));
		const work = [...play.tasks, ...play.drains].filter(({ begun }) => begun > 0);
		// In the instant of the hard stop either may be true.
		const isOver = ({ endedAt }: Fact): boolean => endedAt !== undefined && endedAt < at - ROUNDING_MS;
		const isNotOver = ({ endedAt }: Fact): boolean => endedAt === undefined || endedAt > at + ROUNDING_MS;
		const leftClosers = closers.filter(({ outcome }) => outcome === "left").map(({ name }) => name);
		const must = [...work.filter(isNotOver).flatMap(entriesOf), ...leftClosers];
		const may = [...work.filter((fact) => !isOver(fact)).flatMap(entriesOf), ...leftClosers];
		for (const name of must) assert.ok(names.includes(name), `${name} is not left`);
		for (const name of names) assert.ok(may.includes(name), `${name} is left`);
		assert.equal(new Set(names).size, names.length, "left twice");
	},

	"the errors are those thrown before the end, each once, the stop reason's own first": (play, { errors, reason }) => {
		const facts = [...play.tasks, ...play.drains, ...play.closers, ...play.lateIntakes];
		const thrown = facts.flatMap(({ failure, inTime }) => (failure !== undefined && inTime ? [failure.error] : []));
		const given = errors.map(({ error }) => error);
		assert.deepEqual(new Set(given), new Set([...thrown, ...play.uncaught]));
		assert.equal(given.length, thrown.length + play.uncaught.length);
		const first = toFailure(reason);
		if (first !== undefined) assert.deepEqual(errors[0], first);
	},

	"it is ok where nothing failed and nothing was left, and the exit code says so": (_, report) => {
		const { ok, errors, left, exitCode, hardStop } = report;
		assert.equal(ok, errors.length === 0 && left.length === 0);
		assert.equal(exitCode, hardStop?.cause === SIGINT ? 130 : ok ? 0 : 1);
		if (left.length > 0) assert.ok(hardStop !== undefined, "left without a hard stop");
	},

	"a hard stop in the report has one event, no sooner than time ran out or was cut": (play, report) => {
		const { hardStop } = report;
		const emitted = play.emitted("hard-stop");
		assert.equal(emitted.length, hardStop === undefined ? 0 : 1);
		assert.deepEqual(emitted[0]?.hardStop, hardStop);
		const names = [...emitted, ...play.emitted("left")].flatMap(({ left }) => left.map(({ name }) => name));
		assert.deepEqual(new Set(names), new Set(report.left.map(({ name }) => name)));
		assert.equal(play.service.hardStopSignal.aborted, hardStop !== undefined);
		if (hardStop === undefined) return;
		if (hardStop.cause === "deadline") {
			const { budgetMs, closeReserveMs } = play;
			assert.ok(hardStop.atMs >= budgetMs - closeReserveMs - ROUNDING_MS, `hard stop at ${hardStop.atMs}`);
		} else {
			assert.equal(hardStop.cause, SIGINT);
			assert.ok(play.hurriedAt !== undefined && instant(play, hardStop.atMs) >= play.hurriedAt - ROUNDING_MS);
		}
	},

	"the phases come in order, from the lame duck where it applies to closed at the end": (play, report) => {
		const { phases, durationMs, reason } = report;
		const { lameDuckMs = 0 } = play.scenario.times;
		const wasRunning = play.emitted("running").length > 0;
		const isLameDuck = lameDuckMs > 0 && wasRunning && toFailure(reason) === undefined;
		const expected = isLameDuck ? ["lame-duck", "draining", "closing", "closed"] : ["draining", "closing", "closed"];
		// Events before the stop reason have another instant, unless a task failed in the first one.
		const after = phases.filter(({ phase }) => PHASES.indexOf(phase) >= PHASES.indexOf("lame-duck"));
		assert.deepEqual(
			after.map(({ phase }) => phase),
			expected,
		);
		const instants = after.map(({ atMs }) => atMs);
		assert.deepEqual(
			instants,
			instants.toSorted((a, b) => a - b),
		);
		assert.equal(instants.at(-1), durationMs);
		if (isLameDuck && play.hurriedAt === undefined) assertClose(instants[1] ?? 0, lameDuckMs, "draining");
	},

	"the reserve is kept for what there was to close at the stop": (play, { phases, closers }) => {
		const { budgetMs, closeReserveMs } = play;
		const atStop = play.closers.filter(({ acquiredAt }) => acquiredAt < instant(play, 0));
		if (play.scenario.times.closeReserveMs === undefined && atStop.length === 0) return;
		if (closers.length === 0) return;
		const atMs = (name: string): number => phases.find(({ phase }) => phase === name)?.atMs ?? assert.fail(name);
		const latest = Math.max(budgetMs - closeReserveMs, atMs("draining"));
		assert.ok(atMs("closing") <= latest + ROUNDING_MS, `closing at ${atMs("closing")}, not by ${latest}`);
	},

	"there is no event after the end but for failures, and all others are in order": (play) => {
		const many = ["failed", "waiting", "drained", "resource-closing", "resource-closed"];
		const types = play.types().filter((type) => !many.includes(type));
		assert.equal(types.at(-1), "closed");
		for (const type of new Set(types)) {
			assert.equal(types.filter((other) => other === type).length, 1, `${type} has more than one event`);
		}
		const after = play.types().slice(play.types().indexOf("closed") + 1);
		assert.deepEqual(new Set(after), new Set(after.filter((type) => type === "failed")));
	},

	"each resource has an event when its closing begins, and when it ends in time": (play, { closers }) => {
		assert.deepEqual(
			play.emitted("resource-closing").map(({ name }) => name),
			play.order.map(({ name }) => name),
		);
		const emitted = play.emitted("resource-closed").map(({ result }) => result);
		assert.deepEqual(
			emitted,
			closers.filter(({ outcome }) => outcome !== "left"),
		);
	},

	"no timer is left behind": ({ clock }) => {
		assert.equal(clock.timers, 0);
	},
};

test("any program, stopped in any way, ends in order, in time, and with a right report", async () => {
	await fc.assert(
		fc.asyncProperty(scenarios, async (scenario: Scenario) => {
			const play = new Play(scenario);
			const report = await play.run();
			for (const [law, holds] of Object.entries(LAWS)) {
				try {
					holds(play, report);
				} catch (error) {
					throw new Error(`broken: ${law}: ${(error as Error).message}`, { cause: error });
				}
			}
		}),
		{ numRuns: RUNS, includeErrorInReport: true },
	);
});

/** Later than any instant of a play. */
const LAST = 1e12;

/** The instant from which on no closer is waited for. */
function overAt({ begunAt = LAST, endedAt = LAST, shareMs }: Fact): number {
	return Math.min(endedAt, begunAt + shareMs);
}

function closingAt(play: Play, { phases }: ShutdownReport): number {
	return instant(play, phases.find(({ phase }) => phase === "closing")?.atMs ?? assert.fail("never closing"));
}

function outcomeOf({ inTime, failure }: Fact): string {
	if (!inTime) return "left";
	return failure === undefined ? "closed" : "failed";
}

/** In the form of `left`: a server has an entry for each request. */
function entriesOf({ name, requests }: Fact): string[] {
	if (!name.startsWith("server")) return [name];
	return Array.from({ length: requests }, (_, i) => `${name} GET /${i}`);
}

/** An instant on the clock's scale. */
function instant({ state }: Play, afterMs: number): number {
	return (state.deadline?.startedAt ?? 0) + afterMs;
}
