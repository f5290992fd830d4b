import { setTimeout as delay } from "node:timers/promises";
import { LOAD_KINDS } from "../load/catalogue.ts";
import { type LoadSpec, startLoad } from "../load/load-spec.ts";
import type { Endpoint } from "../load/running-load.ts";
import { duration } from "../record/durations.ts";

/** Why a probe got no response. */
export interface ProbeFailure {
	readonly why: string;
	/** True if there was no response in time: the program may need longer. */
	readonly isLate: boolean;
}

/** How long to wait for a response, and what ends the wait at once. */
export interface ProbeOptions {
	readonly patienceMs: number;
	readonly abort: AbortSignal;
}

/**
 * Sends one request as the loads do, and nothing else. Returns why the program does not answer, `undefined` if it does. Returns
 * at once when `abort` is aborted.
 */
export async function probe(
	endpoint: Endpoint,
	loads: readonly LoadSpec[],
	{ patienceMs, abort }: ProbeOptions,
): Promise<ProbeFailure | undefined> {
	const spec = chooseProbe(loads);
	if (spec === undefined) return undefined;
	const load = startLoad(endpoint, { ...spec, connections: 1 }, { seed: 0, isProbe: true });
	const steady = load.steady.then(
		() => undefined,
		(error: Error) => ({ why: error.message.replace(/\.$/, ""), isLate: false }),
	);
	const timer = new AbortController();
	const signal = AbortSignal.any([timer.signal, abort]);
	const late = { why: `the load ${spec.kind} got no response within ${duration(patienceMs)}`, isLate: true };
	const failure = await Promise.race([steady, delay(patienceMs, late, { signal }).catch(() => late)]);
	timer.abort();
	const records = await load.finish({ timeoutMs: failure === undefined ? 100 : 0 });
	if (records.some(({ outcome }) => outcome === "answered")) return failure;
	// The program itself, or a gateway in front of it, says that it is not ready.
	const status = records.find(({ outcome }) => outcome === "turned-away" || outcome === "unanswered")?.status;
	return status === undefined ? failure : { why: `it answers ${status}`, isLate: false };
}

/** The first kind of the catalogue that a response makes steady, or else the first load. */
function chooseProbe(loads: readonly LoadSpec[]): LoadSpec | undefined {
	const kinds = LOAD_KINDS.filter(({ steadyOnResponse }) => steadyOnResponse);
	const candidates = kinds.flatMap(({ name }) => loads.find(({ kind }) => kind === name) ?? []);
	return candidates[0] ?? loads[0];
}
