import { setTimeout as delay } from "node:timers/promises";
import type { LoadTarget } from "../index.ts";
import { type LoadSpec, startLoad } from "./load-kinds.ts";

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

/** How long to wait before asking again. */
export const ASK_EVERY_MS = 50;
/** How long one question may take before it is asked again. */
const PATIENCE_MS = 2_000;

/**
 * Asks the target once what the loads ask, and nothing else. Returns why it does not answer, `undefined` where it does;
 * comes back at once when `abort` does.
 */
export async function probe(
	target: LoadTarget,
	loads: readonly LoadSpec[],
	abort: AbortSignal,
): Promise<string | undefined> {
	const [spec] = [...loads].sort((a, b) => rank(a) - rank(b));
	if (spec === undefined) return undefined;
	const load = startLoad(target, { ...spec, connections: 1, ...(spec.kind === "rate" ? { rate: 1 } : undefined) }, 0);
	const steady = load.steady.then(
		() => undefined,
		(error: Error) => error.message,
	);
	const timer = new AbortController();
	const signal = AbortSignal.any([timer.signal, abort]);
	const late = delay(PATIENCE_MS, `no answer within ${PATIENCE_MS} ms`, { signal }).catch(() => "no answer");
	const failure = await Promise.race([steady, late]);
	timer.abort();
	const records = await load.finish({ timeoutMs: failure === undefined ? 100 : 0 });
	if (records.some(({ outcome }) => outcome === "answered")) return failure;
	// It says itself that it is not ready, or a gateway says it.
	const status = records.find(({ outcome }) => outcome === "turned-away" || outcome === "unanswered")?.status;
	return status === undefined ? failure : `it answers ${status}`;
}

/** Asks until the target answers. Returns why it did not, where the time was over. */
export async function probeUntil(
	target: LoadTarget,
	loads: readonly LoadSpec[],
	endsAtMs: number,
	abort: AbortSignal,
): Promise<string | undefined> {
	for (;;) {
		const failure = await probe(target, loads, abort);
		if (failure === undefined || performance.now() >= endsAtMs || abort.aborted) return failure;
		await delay(ASK_EVERY_MS);
	}
}

function rank({ kind }: LoadSpec): number {
	const at = ANSWERED_KINDS.indexOf(kind);
	return at < 0 ? ANSWERED_KINDS.length : at;
}
