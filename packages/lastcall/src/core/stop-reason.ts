import { isError } from "./is-error.ts";
import { toText, tryGet } from "./try-get.ts";

/** What began a shutdown. The first reason wins. If a later one is an error, it is in the report's `errors`. */
export type StopReason =
	/** A signal. `number` is the signal's number, `interactive` is true for Ctrl+C in a terminal. */
	| { readonly kind: "signal"; readonly signal: string; readonly number: number; readonly interactive: boolean }
	/** `options.signal` aborted, with `reason`. */
	| { readonly kind: "abort"; readonly reason: unknown }
	/** The parent of this thread, child process or cluster worker asked it to stop, or is gone. `by` names a parent that is PM2. */
	| { readonly kind: "parent"; readonly by?: "PM2" }
	/** Standard input has ended (`stopOnStdinEnd`). `error` if reading it failed. */
	| { readonly kind: "input-ended"; readonly error?: unknown }
	/** `service.stop(why)` was called. */
	| { readonly kind: "call"; readonly why: string }
	/** The event loop ran empty: nothing is left that could run. */
	| { readonly kind: "finished" }
	/** `main` failed. */
	| { readonly kind: "main-failed"; readonly error: unknown }
	/** A server emitted an error. */
	| { readonly kind: "server-failed"; readonly name: string; readonly error: unknown }
	/** A task failed. */
	| { readonly kind: "task-failed"; readonly name: string; readonly error: unknown }
	/** A child process or a worker thread ended by itself, with an error. */
	| { readonly kind: "resource-failed"; readonly name: string; readonly error: unknown }
	/** An exception that was not caught, or a rejection that was not handled. */
	| { readonly kind: "uncaught"; readonly error: unknown };

/** An error, and where it came from. */
export interface Failure {
	/** The name of the server, task, intake or resource; or `main`, `uncaught`, `exitCode`. */
	readonly name: string;
	/** What was thrown. */
	readonly error: unknown;
}

/** Returns the failure that began the shutdown, or `undefined` if the stop reason is not a failure. */
export function toFailure(reason: StopReason): Failure | undefined {
	switch (reason.kind) {
		case "main-failed":
			return { name: "main", error: reason.error };
		case "uncaught":
			return { name: "uncaught", error: reason.error };
		case "server-failed":
		case "task-failed":
		case "resource-failed":
			return { name: reason.name, error: reason.error };
		default:
			return undefined;
	}
}

/** Returns the stop reason in a few words, for logs and errors. */
export function describeReason(reason: StopReason): string {
	switch (reason.kind) {
		case "signal":
			return reason.signal;
		case "abort":
			return `aborted by the caller${tryGet(() => describeAbort(reason.reason)) ?? ""}`;
		case "parent":
			return `stopped by ${reason.by ?? "the parent"}`;
		case "input-ended":
			return `end of standard input${tryGet(() => describeInputError(reason.error)) ?? ""}`;
		case "call":
			return toText(reason.why);
		case "finished":
			return "nothing left to do";
		case "main-failed":
			return "main failed";
		case "server-failed":
			return `server "${reason.name}" failed`;
		case "task-failed":
			return `task "${reason.name}" failed`;
		case "resource-failed":
			return `"${reason.name}" failed`;
		case "uncaught":
			return "uncaught error";
	}
}

function describeInputError(error: unknown): string {
	return error instanceof Error ? ` (${toText((error as { code?: unknown }).code ?? error.message)})` : "";
}

function describeAbort(abortReason: unknown): string {
	return isError(abortReason) && abortReason.name !== "AbortError" ? ` (${toText(abortReason.message)})` : "";
}
