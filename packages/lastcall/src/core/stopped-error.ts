import { describeReason, type StopReason } from "./stop-reason.ts";
import { tryGet } from "./try-get.ts";

/**
 * The service is stopping. It is the `reason` of `service.drainSignal` and `service.hardStopSignal`, and what a call rejects with
 * that comes too late. Work that ends with it after the signal has ended well: it is never counted as a failure.
 */
export class StoppedError extends Error {
	override readonly name = "StoppedError";
	/** Stable across versions. */
	readonly code = "ERR_LASTCALL_STOPPED";
	/** What began the shutdown. */
	readonly stopReason: StopReason;

	constructor(stopReason: StopReason, what = "the service is stopping") {
		super(`${what}: ${describeReason(stopReason)}`);
		this.stopReason = stopReason;
	}
}

/** Reports whether `error`, or what caused it, only says that the service is stopping. */
export function isStopped(error: unknown): boolean {
	return tryGet(() => saysStopped(error)) ?? false;
}

function saysStopped(error: unknown): boolean {
	// An error may be its own cause.
	const seen = new Set<unknown>();
	for (let e = error; e instanceof Error && !seen.has(e); e = e.cause) {
		// An API that takes a signal rejects with its reason, or with an `AbortError` of its own.
		if (e instanceof StoppedError || e.name === "AbortError") return true;
		seen.add(e);
	}
	return false;
}
