import { setTimeout as delay } from "node:timers/promises";
import { startLoad } from "../load/load-kinds.ts";
import type { LoadSpec } from "../load/load-spec.ts";
import type { Endpoint } from "../load/running-load.ts";
import { duration } from "../record/durations.ts";

/** Kinds whose steady state takes an answer, the likeliest first. */
const ANSWERED_KINDS = [
	"back-to-back",
	"pausing",
	"new-connections",
	"rate",
	"pipelined",
	"http2",
	"event-stream",
	"websocket",
];

/** Why a question was not answered. */
export interface ProbeFailure {
	readonly why: string;
	/** There was no answer in time: it may need longer. */
	readonly isLate: boolean;
}

/** How long to wait for an answer, and what ends the wait at once. */
export interface ProbeOptions {
	readonly patienceMs: number;
	readonly abort: AbortSignal;
}

/**
 * Asks the target once what the loads ask, and nothing else. Returns why it does not answer, `undefined` where it does;
 * comes back at once when `abort` does.
 */
export async function probe(
	endpoint: Endpoint,
	loads: readonly LoadSpec[],
	{ patienceMs, abort }: ProbeOptions,
): Promise<ProbeFailure | undefined> {
	const [spec] = [...loads].sort((a, b) => rank(a) - rank(b));
	if (spec === undefined) return undefined;
	const once = { connections: 1, learns: false, ...(spec.kind === "rate" ? { rate: 1 } : undefined) };
	const load = startLoad(endpoint, { ...spec, ...once }, 0);
	const steady = load.steady.then(
		() => undefined,
		(error: Error) => ({ why: error.message.replace(/\.$/, ""), isLate: false }),
	);
	const timer = new AbortController();
	const signal = AbortSignal.any([timer.signal, abort]);
	const late = { why: `the load ${spec.kind} got no answer within ${duration(patienceMs)}`, isLate: true };
	const failure = await Promise.race([steady, delay(patienceMs, late, { signal }).catch(() => late)]);
	timer.abort();
	const records = await load.finish({ timeoutMs: failure === undefined ? 100 : 0 });
	if (records.some(({ outcome }) => outcome === "answered")) return failure;
	// It says itself that it is not ready, or a gateway says it.
	const status = records.find(({ outcome }) => outcome === "turned-away" || outcome === "unanswered")?.status;
	return status === undefined ? failure : { why: `it answers ${status}`, isLate: false };
}

function rank({ kind }: LoadSpec): number {
	const at = ANSWERED_KINDS.indexOf(kind);
	return at < 0 ? ANSWERED_KINDS.length : at;
}
