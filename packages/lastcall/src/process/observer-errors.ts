import { AsyncResource, triggerAsyncId } from "node:async_hooks";
import { inspect } from "node:util";
import { tryGet } from "../core/try-get.ts";
import type { Warning } from "../core/warning.ts";

// Errors of code that only observes the service: the program's log, and subscribers of the diagnostics channel. They must not
// stop it.

/** Shared by all copies of this package in the process. */
const KEY = Symbol.for("lastcall.observers");

/** Calls an observer. `onError` gets what it throws, or what the promise that it returns rejects with. */
export function callObserver(call: () => unknown, onError: (error: unknown) => void): void {
	try {
		const result = observerScope().runInAsyncScope(call);
		if (typeof (result as PromiseLike<unknown> | undefined)?.then === "function") {
			// Not `then` itself, which may throw.
			Promise.resolve(result).catch(onError);
		}
	} catch (error) {
		onError(error);
	}
}

/**
 * Returns true if the uncaught exception that is being handled comes from an observer. Call it in a listener of
 * `uncaughtException`.
 *
 * Node.js throws the error of a subscriber in a later tick, and an observer may begin a timer that throws. The tick and the timer
 * were both triggered within the observer's scope. A rejection that was not handled has no such trigger, so this returns
 * false for it.
 */
export function isObserverError(): boolean {
	const id = observerScope().asyncId();
	// A runtime without async ids (Bun) has 0 for everything.
	return id > 0 && triggerAsyncId() === id;
}

/** @param what what happened, with subject and verb: `the log failed` */
export function observerWarning(what: string, error: unknown): Warning {
	return {
		code: "observer",
		message: `${what}: ${describeInOneLine(error)}; the service goes on, and later errors of this kind are not logged`,
	};
}

/** Returns the first line of an error, and the place where it was made. */
function describeInOneLine(error: unknown): string {
	const [first = "", ...stack] = tryGet(() => inspect(error))?.split("\n") ?? ["an error that can't be shown"];
	const place = stack.find((line) => /^\s+at /.test(line))?.trim();
	return place === undefined ? first : `${first} ${place}`;
}

/** The asynchronous scope that all observers are called in. */
function observerScope(): AsyncResource {
	const holder = globalThis as { [KEY]?: AsyncResource };
	holder[KEY] ??= new AsyncResource("lastcall.observers", { requireManualDestroy: true });
	return holder[KEY];
}
