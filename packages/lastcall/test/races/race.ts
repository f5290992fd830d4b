import { setTimeout as delay } from "node:timers/promises";
import { type RequestRecord, type Tally, tally } from "lastcall-drill-clients";
import { allLoadsOf, lingerMsFor, warmUpMsFor } from "./loads.ts";
import { Target, type TargetOptions } from "./target.ts";

/** The result of one shutdown under load. */
export interface RaceResult {
	readonly tally: Tally;
	/** Requests that the handler got and whose response did not arrive. */
	readonly executedUnanswered: number;
	/** Requests that were not processed, as HTTP/2 told the client: it may send them again, whatever they are. */
	readonly refused: { readonly goaway: number; readonly refusedStream: number };
	/** The close codes of WebSockets. */
	readonly closeCodes: readonly number[];
	readonly exitCode: number | null;
	readonly exitMs: number;
	/** From the signal to the first connection that was refused; `Infinity` if none was. */
	readonly listenerClosedMs: number;
	/** From the last response to the exit. */
	readonly afterLastAnswerMs: number;
	/** One line for each lost request, with the cause. */
	readonly lost: readonly string[];
	readonly log: string;
}

/** Starts a target, loads it, stops it by SIGTERM at some instant under load, and counts. */
export async function race(options: TargetOptions, load: string, seed: number): Promise<RaceResult> {
	const target = await Target.start({ lingerMs: lingerMsFor(load), ...options });
	try {
		const running = allLoadsOf(options.scheme)[load]?.(target.at, seed);
		if (running === undefined) throw new RangeError(`no load "${load}"`);
		await running.steady;
		target.child.send("loaded");
		await delay(warmUpMsFor(load) + ((seed * 37) % 100));
		const stoppedAt = performance.now();
		target.child.kill("SIGTERM");
		const { code, atMs } = await target.end;
		const records = await running.finish({ timeoutMs: 2_000 });
		return resultOf(target, records, stoppedAt, code, atMs);
	} finally {
		target.child.kill("SIGKILL");
	}
}

function resultOf(
	target: Target,
	records: readonly RequestRecord[],
	stoppedAt: number,
	exitCode: number | null,
	exitAt: number,
): RaceResult {
	const answered = records.filter(({ outcome }) => outcome === "answered");
	const answeredIds = new Set(answered.map(({ id }) => id));
	const lost = records.filter(({ outcome }) => ["reset", "cut", "unanswered"].includes(outcome));
	const refused = records.filter(({ detail }) => detail === "goaway" || detail === "refused-stream");
	const goaway = refused.filter(({ detail }) => detail === "goaway").length;
	return {
		tally: tally(records),
		refused: { goaway, refusedStream: refused.length - goaway },
		executedUnanswered: target.executed.filter((id) => !answeredIds.has(id)).length,
		closeCodes: [...new Set(records.map(({ status = 0 }) => status).filter((status) => status >= 1_000))],
		exitCode,
		exitMs: exitAt - stoppedAt,
		listenerClosedMs: Math.min(
			...records.filter(({ outcome }) => outcome === "refused").map(({ sentAtMs }) => sentAtMs - stoppedAt),
		),
		afterLastAnswerMs: exitAt - Math.max(stoppedAt, ...answered.map(({ endedAtMs }) => endedAtMs)),
		lost: lost.map(
			({ id, connection, outcome, error, sentAtMs, endedAtMs }) =>
				`${id} on connection ${connection}: ${outcome} ${error ?? ""}, sent ${(sentAtMs - stoppedAt).toFixed(1)} ms after the signal, ` +
				`ended at ${(endedAtMs - stoppedAt).toFixed(1)} ms${target.executed.includes(id) ? ", executed" : ""}`,
		),
		log: target.stderr,
	};
}
