import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ConnectionEnd } from "#src/record/connection-end.js";
import type { LoadData, RoundData } from "#src/record/drill-report.js";
import { PLAIN_LOSSES } from "#src/record/loss-rules.js";
import type { RequestRecord } from "#src/record/outcome.js";
import { trace } from "#src/report/trace.js";
import { lostBy, reportOf, round } from "../support/sample-report.ts";

/** The fields of the events. */
interface TraceEvent {
	readonly name: string;
	readonly ph: string;
	readonly ts: number;
	readonly dur: number;
	readonly pid: number;
	readonly tid: number;
	readonly cname?: string;
	readonly args: Record<string, unknown>;
}

/** The stop is at 1,000 ms. */
const STOPPED_AT_MS = 1_000;

function request(connection: number, nth: number, fromMs: number, toMs: number, rest: Partial<RequestRecord> = {}) {
	const id = `a-${connection}-${nth}`;
	return { id, connection, nth, sentAtMs: fromMs, endedAtMs: toMs, outcome: "answered", status: 200, ...rest } as const;
}

function connection(number: number, fromMs: number, toMs: number): ConnectionEnd {
	return { connection: number, how: "by-server", askedAtMs: fromMs - 1, openedAtMs: fromMs, atMs: toMs };
}

function load(name: string, records: readonly RequestRecord[], connections: readonly ConnectionEnd[]): LoadData {
	return { name, losses: PLAIN_LOSSES, records, connections };
}

/** Returns the events of a drill of one round with these loads. */
function traced(loads: readonly LoadData[], report = round()): TraceEvent[] {
	const data: RoundData = { report, stoppedAtMs: STOPPED_AT_MS, loads };
	return JSON.parse([...trace(reportOf([report]), [data])].join("")).traceEvents;
}

const slices = (events: readonly TraceEvent[]) => events.filter(({ ph }) => ph === "X");
const requests = (events: readonly TraceEvent[]) => slices(events).filter(({ args }) => "outcome" in args);

const BACK_TO_BACK = load(
	"back-to-back",
	[request(0, 0, 900.0004, 950.5), request(0, 1, 950.5, 1_010), request(1, 0, 960, 990)],
	[connection(0, 899, 1_020), connection(1, 959, 991)],
);

describe("the trace", () => {
	it("has events of the Trace Event Format", () => {
		const report = round();
		const data = { report, stoppedAtMs: STOPPED_AT_MS, loads: [BACK_TO_BACK] };
		const { traceEvents, displayTimeUnit } = JSON.parse([...trace(reportOf([report]), [data])].join(""));
		assert.equal(displayTimeUnit, "ms");
		for (const event of traceEvents) {
			assert.ok(["X", "i", "M"].includes(event.ph), event.ph);
			assert.equal(typeof event.name, "string");
			assert.ok(Number.isInteger(event.pid) && event.pid > 0);
			assert.ok(Number.isInteger(event.tid) && event.tid > 0);
			if (event.ph !== "M") assert.ok(Number.isInteger(event.ts) && event.ts >= 0);
			if (event.ph === "X") assert.ok(Number.isInteger(event.dur) && event.dur >= 0);
			if (event.ph === "i") assert.equal(event.s, "g");
		}
	});

	it("has a process for the round and for each load, with their names", () => {
		const events = traced([BACK_TO_BACK, load("pausing", [], [])]);
		const names = events.filter(({ name }) => name === "process_name").map(({ pid, args }) => [pid, args.name]);
		assert.deepEqual(
			new Map(names as [number, string][]).get(1),
			"round 1: exit 0 after 120 ms, 10 requests, none lost",
		);
		assert.deepEqual(names.map(([, name]) => name).slice(0, 2), ["round 1: back-to-back", "round 1: pausing"]);
		assert.equal(new Set(names.map(([pid]) => pid)).size, 3);
	});

	it("uses no number for two tracks", () => {
		const events = traced([BACK_TO_BACK, { ...BACK_TO_BACK, name: "again" }]);
		const tracks = events.filter(({ name }) => name === "thread_name").map(({ tid }) => tid);
		assert.equal(new Set(tracks).size, tracks.length);
	});

	it("has a slice for each request, in microseconds, with its outcome", () => {
		const reset = request(0, 2, 1_020, 1_030.25, { outcome: "reset", error: "ECONNRESET" });
		const { status: _, ...record } = reset;
		const data = load("pausing", [...BACK_TO_BACK.records, record], [...BACK_TO_BACK.connections]);
		const events = requests(traced([data], round([{ ...lostBy("idle-connection"), id: reset.id }])));
		assert.equal(events.length, 4);
		const { name, ts, dur, cname, args } = events.find(({ args: { id } }) => id === reset.id) as TraceEvent;
		assert.deepEqual([name, ts, dur, cname], ["reset", 1_020_000, 10_250, "terrible"]);
		assert.deepEqual(args, {
			outcome: "reset",
			reason: "idle-connection",
			error: "ECONNRESET",
			id: "a-0-2",
			connection: 0,
			nth: 2,
		});
		assert.equal(events[0]?.args.status, 200);
	});

	it("marks the stop, the exit and the verdict on all tracks", () => {
		const events = traced([BACK_TO_BACK], round([lostBy("response-cut")]));
		const instants = events.filter(({ ph }) => ph === "i").map(({ name, ts }) => [name, ts]);
		assert.deepEqual(instants, [
			["stop by SIGTERM", 1_000_000],
			["exit", 1_120_000],
			["FAIL", 1_120_000],
		]);
		const { reasons } = events.find(({ name }) => name === "FAIL")?.args ?? {};
		assert.deepEqual((reasons as unknown[])[0], { code: "response-cut", count: 1, fails: true });
	});

	it("has no slice that crosses the end of another on its track", () => {
		const streams = [
			request(0, 0, 900, 980),
			request(0, 1, 905, 930),
			request(0, 2, 931, 990),
			request(0, 3, 906, 999),
		];
		const events = traced([load("http2", streams, [connection(0, 899.9996, 999)])]);
		for (const one of slices(events)) {
			for (const other of slices(events).filter(({ tid }) => tid === one.tid)) {
				const crosses = one.ts < other.ts && other.ts < one.ts + one.dur && one.ts + one.dur < other.ts + other.dur;
				assert.ok(!crosses, `${JSON.stringify(one)} crosses ${JSON.stringify(other)}`);
			}
		}
		const tracks = new Map(requests(events).map(({ tid, args: { nth } }) => [nth, tid]));
		assert.equal(new Set(tracks.values()).size, 3);
		assert.equal(tracks.get(1), tracks.get(2));
	});

	it("uses a row again for the next connection", () => {
		const numbers = [0, 1, 2, 3];
		const records = numbers.map((number) => request(number, 0, 900 + 10 * number, 908 + 10 * number));
		const ends = numbers.map((number) => connection(number, 899 + 10 * number, 908.5 + 10 * number));
		assert.equal(new Set(requests(traced([load("new-connections", records, ends)])).map(({ tid }) => tid)).size, 1);
	});

	it("has a connection on which nothing was sent, beside one that has requests", () => {
		const events = traced([
			load("silent", [request(9, 0, 905, 910)], [connection(4, 900, 950), connection(9, 900, 930)]),
		]);
		const connections = slices(events).filter(({ name }) => name === "connection");
		assert.deepEqual(
			connections.map(({ ts, dur, args }) => [args.connection, ts, dur]),
			[
				[4, 900_000, 50_000],
				[9, 900_000, 30_000],
			],
		);
		assert.equal(new Set(connections.map(({ tid }) => tid)).size, 2);
	});

	it("has a request whose connection was refused", () => {
		const { status: _, ...refused } = request(7, 0, 1_040, 1_041, { outcome: "refused", error: "ECONNREFUSED" });
		const events = traced([load("pausing", [refused], [])]);
		assert.deepEqual(
			requests(events).map(({ name }) => name),
			["refused"],
		);
		assert.ok(!events.some(({ name }) => name === "connection"));
	});

	it("comes in chunks", () => {
		const records = Array.from({ length: 5_000 }, (_, nth) => request(0, nth, nth / 10, nth / 10 + 0.05));
		const report = round();
		const data = { report, stoppedAtMs: STOPPED_AT_MS, loads: [load("back-to-back", records, [])] };
		const chunks = [...trace(reportOf([report]), [data])];
		assert.ok(chunks.length > 5);
		assert.ok(chunks.every(({ length }) => length < 100_000));
		assert.equal(requests(JSON.parse(chunks.join("")).traceEvents).length, 5_000);
	});
});
