import { isError } from "./is-error.ts";
import { describeReason, type StopReason } from "./stop-reason.ts";
import { tryGet } from "./try-get.ts";

/**
 * The service is stopping. It is the `reason` of `service.drainSignal` and `service.hardStopSignal`, and the error of a call
 * that comes too late.
 *
 * A task that ends with it, once its signal has aborted, has not failed.
 * @example
 * ```ts
 * import { StoppedError } from "lastcall";
 *
 * try {
 * 	service.task("thumbnails", makeThumbnails);
 * } catch (error) {
 * 	if (!(error instanceof StoppedError)) throw error;
 * 	console.log(`not begun: ${error.message}`);
 * }
 * ```
 */
export class StoppedError extends Error {
	override readonly name = "StoppedError";
	/** Identifies the error. Stable across versions. */
	readonly code = "ERR_LASTCALL_STOPPED";
	/** What began the shutdown. */
	readonly stopReason: StopReason;

	/** @param outcome what became of the call */
	constructor(stopReason: StopReason, outcome = "the service is stopping") {
		super(`${outcome}: ${describeReason(stopReason)}`);
		this.stopReason = stopReason;
	}
}

/** Returns true if `error`, or an error in its chain of causes, only says that the service is stopping. */
export function isStopped(error: unknown): boolean {
	return tryGet(() => hasStoppedCause(error)) ?? false;
}

function hasStoppedCause(error: unknown): boolean {
	// An error may be its own cause.
	const seen = new Set<unknown>();
	for (let e = error; isError(e) && !seen.has(e); e = e.cause) {
		// An API that takes a signal rejects with the reason of the signal, or with an `AbortError` of its own.
		// Not `instanceof`: a process may have two copies of the class.
		if ((e as Partial<StoppedError>).code === "ERR_LASTCALL_STOPPED" || e.name === "AbortError") return true;
		seen.add(e);
	}
	return false;
}
