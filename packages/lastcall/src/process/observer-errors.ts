import { AsyncResource, triggerAsyncId } from "node:async_hooks";
import { inspect } from "node:util";
import { tryGet } from "../core/try-get.ts";
import type { Warning } from "../core/warning.ts";

/** Shared by every copy of this package that the process may have loaded. */
const KEY = Symbol.for("lastcall.guests");

/**
 * Calls code of the program that only watches: its log, the subscribers of the diagnostics channel. `failed` gets what it
 * throws, or what the promise that it returns rejects with.
 */
export function callObserver(call: () => unknown, failed: (error: unknown) => void): void {
	try {
		const result = guests().runInAsyncScope(call);
		if (typeof (result as PromiseLike<unknown> | undefined)?.then === "function") {
			// Not `then` itself, which may throw.
			Promise.resolve(result).catch(failed);
		}
	} catch (error) {
		failed(error);
	}
}

/**
 * Returns true if the uncaught exception that is being heard comes from a guest. Node.js throws what a subscriber has thrown
 * in a tick of its own, and a guest may begin a timer that throws: both have been begun by a guest, as Node.js knows.
 * What a promise that nobody handles rejects with can't be told apart: it has no such origin.
 */
export function isObserverError(): boolean {
	const id = guests().asyncId();
	// A runtime that doesn't count (Bun) says 0 for everything.
	return id > 0 && triggerAsyncId() === id;
}

/** @param what subject and verb: `the log failed` */
export function observerWarning(what: string, error: unknown): Warning {
	return {
		code: "observer",
		message: `${what}: ${inOneLine(error)}; nothing stops for it, and it is not mentioned again`,
	};
}

/** What an error says, and where it was made. */
function inOneLine(error: unknown): string {
	const [said = "", ...stack] = tryGet(() => inspect(error))?.split("\n") ?? ["an error that can't be shown"];
	const place = stack.find((line) => /^\s+at /.test(line))?.trim();
	return place === undefined ? said : `${said} ${place}`;
}

/** What the guests' calls run in, by which their errors are known. */
function guests(): AsyncResource {
	const holder = globalThis as { [KEY]?: AsyncResource };
	holder[KEY] ??= new AsyncResource("lastcall.guests", { requireManualDestroy: true });
	return holder[KEY];
}
