import { setTimeout as delay } from "node:timers/promises";
import type { RunningLoad } from "../load/running-load.ts";
import { TargetError } from "../program/target-error.ts";
import { addTallies } from "../record/outcome.ts";

/** A load, and its name in reports. */
export interface NamedLoad {
	readonly name: string;
	readonly load: Pick<RunningLoad, "steady" | "notSteady" | "tally">;
}

/** What ends the wait for loads that do not get steady. */
export interface SteadyLimits {
	readonly readyMs: number;
	readonly abort: AbortSignal;
	/** Rejects if the program ends. */
	readonly programEnded: Promise<never>;
}

/**
 * Resolves when all loads are steady. Rejects with a `TargetError` if one can't become steady or the time is over, with the
 * rejection of `programEnded`, and with an `AbortError`.
 */
export async function reachSteady(loads: readonly NamedLoad[], limits: SteadyLimits): Promise<void> {
	const { readyMs, abort, programEnded } = limits;
	const timer = new AbortController();
	const late = delay(readyMs, undefined, { signal: AbortSignal.any([abort, timer.signal]) }).then(() => {
		throw notSteady(`The target did not reach a steady load within ${readyMs} ms: ${describeWait(loads)}`);
	});
	const steady = Promise.all(loads.map(({ load }) => load.steady)).catch((error: Error) => {
		abort.throwIfAborted();
		throw notSteady(error.message, error);
	});
	try {
		await Promise.race([steady, late, programEnded]);
	} finally {
		timer.abort();
		late.catch(() => {});
	}
}

function notSteady(message: string, cause?: Error): TargetError {
	return new TargetError("ERR_DRILL_NOT_STEADY", message, cause && { cause });
}

/** Says which loads are not steady, how many responses there were, and what to try. */
function describeWait(loads: readonly NamedLoad[]): string {
	const waiting = loads.filter(({ load }) => load.notSteady > 0).map(({ name, load }) => `${name} (${load.notSteady})`);
	const { answered } = addTallies(loads.map(({ load }) => load.tally));
	const advice =
		answered === 0
			? "Raise --ready if its responses take that long"
			: "It is probably saturated: try fewer connections (--connections 10) or an open model (--rate 50)";
	return `connections still wait in ${waiting.join(", ")}, and ${answered} requests were answered. ${advice}.`;
}
