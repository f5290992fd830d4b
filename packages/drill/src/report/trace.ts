import type { DrillReport, LostRequest, RoundData } from "../record/drill-report.ts";
import type { Outcome, RequestRecord } from "../record/outcome.ts";
import { roundLine } from "./round-line.ts";
import { layOutTracks, type TracedLoad } from "./trace-tracks.ts";

/**
 * An event of the Trace Event Format, which ui.perfetto.dev and chrome://tracing open:
 * https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU. `X` has a duration, `i` is an instant, `M`
 * names a track.
 */
interface TraceEvent {
	readonly name: string;
	readonly cat?: string;
	readonly ph: "X" | "i" | "M";
	/** Microseconds since the drill started. */
	readonly ts?: number;
	readonly dur?: number;
	/** Each round is a process, and each load of a round. */
	readonly pid: number;
	/** Each track of a row is a thread. */
	readonly tid: number;
	/** The scope of an instant: `g` draws it across all tracks. */
	readonly s?: "g";
	/** The name of a color of chrome://tracing. */
	readonly cname?: string;
	readonly args: Readonly<Record<string, unknown>>;
}

const COLORS: Readonly<Record<Outcome, string>> = {
	answered: "good",
	refused: "grey",
	"turned-away": "yellow",
	reset: "terrible",
	cut: "bad",
	unanswered: "black",
};

const CHUNK_LENGTH = 65_536;

/** Yields the drill as Trace Event JSON in chunks, for `writeFile(path, trace(report, rounds))`: it may be hundreds of megabytes. */
export function* trace(report: DrillReport, rounds: readonly RoundData[]): Generator<string> {
	const { version, drill, startedAt, target, verdict } = report;
	const otherData = {
		version,
		drill: drill.version,
		node: drill.node,
		startedAt,
		url: target.url,
		passed: verdict.passed,
	};
	let chunk = `{"displayTimeUnit":"ms","otherData":${JSON.stringify(otherData)},"traceEvents":[`;
	let separator = "\n";
	for (const event of traceDrill(report, rounds)) {
		chunk += separator + JSON.stringify(event);
		separator = ",\n";
		if (chunk.length < CHUNK_LENGTH) continue;
		yield chunk;
		chunk = "";
	}
	yield `${chunk}\n]}\n`;
}

function* traceDrill({ verdict }: DrillReport, rounds: readonly RoundData[]): Generator<TraceEvent> {
	// Perfetto identifies threads by their tids alone, without the pid: no number is used twice.
	let id = 1;
	let endMs = 0;
	for (const round of rounds) {
		const roundId = id++;
		const reasons = new Map(round.report.lost.map((lost) => [lost.id, lost.reason]));
		let startMs = round.stoppedAtMs;
		for (const load of round.loads) {
			const traced = layOutTracks(load);
			startMs = Math.min(startMs, traced.startMs ?? startMs);
			endMs = Math.max(endMs, traced.endMs ?? endMs);
			yield* trackName("process", id, id, `round ${round.report.round}: ${load.name}`);
			yield* traceLoad(traced, reasons, id);
			id += 1 + traced.rows * traced.tracks;
		}
		yield* traceRound(round, startMs, roundId);
		endMs = Math.max(endMs, round.stoppedAtMs + (round.report.exit?.atMs ?? 0));
	}
	const reasons = verdict.reasons.map(({ code, count, fails }) => ({ code, count, fails }));
	yield instant(verdict.passed ? "PASS" : "FAIL", endMs, 1, { passed: verdict.passed, reasons });
}

function* traceRound({ report, stoppedAtMs }: RoundData, startMs: number, id: number): Generator<TraceEvent> {
	const { round, seed, stop, exit } = report;
	const args = { round, seed };
	yield* trackName("process", id, id, roundLine(report));
	yield* trackName("thread", id, id, "target");
	yield slice("loading", "round", [startMs, stoppedAtMs], { pid: id, tid: id, args });
	yield instant(`stop by ${stop.by}`, stoppedAtMs, id, { ...stop });
	if (stop.againMs !== undefined) yield instant("SIGINT", stoppedAtMs + stop.againMs, id, {});
	const endMs = exit?.atMs ?? stop.commandEndedMs;
	if (endMs === undefined) return;
	yield slice("shutting down", "round", [stoppedAtMs, stoppedAtMs + endMs], { pid: id, tid: id, args });
	yield instant(exit === undefined ? "end of the stop command" : "exit", stoppedAtMs + endMs, id, { ...exit });
}

/** Why requests were lost, by their ids. */
type Reasons = ReadonlyMap<string, LostRequest["reason"]>;

function* traceLoad({ connections, tracks }: TracedLoad, reasons: Reasons, pid: number): Generator<TraceEvent> {
	const named = new Set<number>();
	for (const { connection, startMs, endMs, end, requests, tracks: ownTracks, row } of connections) {
		const first = pid + 1 + row * tracks;
		for (let track = 0; track < Math.max(1, ownTracks); track++) {
			if (named.has(first + track)) continue;
			named.add(first + track);
			yield* trackName("thread", pid, first + track, track === 0 ? `client ${row}` : `client ${row}, stream ${track}`);
		}
		if (end !== undefined) {
			const args = { connection, end: end.how, error: end.error };
			yield slice("connection", "connection", [startMs, endMs], { pid, tid: first, cname: "white", args });
		}
		for (const [request, track] of requests) {
			yield requestSlice(request, { pid, tid: first + track, reason: reasons.get(request.id) });
		}
	}
}

function requestSlice(
	{ id, connection, nth, dueAtMs, sentAtMs, endedAtMs, outcome, status, error, detail }: RequestRecord,
	{ pid, tid, reason }: { pid: number; tid: number; reason: LostRequest["reason"] | undefined },
): TraceEvent {
	const waitedMs = dueAtMs === undefined ? undefined : sentAtMs - dueAtMs;
	const args = { outcome, status, reason, error, detail, id, connection, nth, waitedMs };
	return slice(outcome, "request", [sentAtMs, endedAtMs], { pid, tid, cname: COLORS[outcome], args });
}

function slice(
	name: string,
	cat: string,
	[startMs, endMs]: readonly [number, number],
	rest: Pick<TraceEvent, "pid" | "tid" | "cname" | "args">,
): TraceEvent {
	const ts = microseconds(startMs);
	return { name, cat, ph: "X", ts, dur: microseconds(endMs) - ts, ...rest };
}

/** An instant across all tracks. */
function instant(name: string, atMs: number, pid: number, args: TraceEvent["args"]): TraceEvent {
	return { name, cat: "round", ph: "i", ts: microseconds(atMs), pid, tid: pid, s: "g", args };
}

/** Names a process or a thread. They are sorted by their numbers. */
function* trackName(what: "process" | "thread", pid: number, tid: number, name: string): Generator<TraceEvent> {
	yield { name: `${what}_name`, ph: "M", pid, tid, args: { name } };
	yield { name: `${what}_sort_index`, ph: "M", pid, tid, args: { sort_index: what === "process" ? pid : tid } };
}

/** Rounds to whole microseconds, so that no slice ends after the slice that encloses it. */
function microseconds(ms: number): number {
	return Math.round(ms * 1_000);
}
