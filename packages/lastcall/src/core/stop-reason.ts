import { stringOf, tryGet } from "./try-get.ts";

/** What began a shutdown. The first one wins; what comes later is kept in the report's errors where it is an error. */
export type StopReason =
	/** A signal from outside. `interactive`: Ctrl+C was pressed at a terminal. */
	| { readonly kind: "signal"; readonly signal: string; readonly number: number; readonly interactive: boolean }
	/** The caller's own `AbortSignal` (`options.signal`); `reason` is what it aborted with. */
	| { readonly kind: "abort"; readonly reason: unknown }
	/** Whoever has started this thread or cluster worker tells it to stop, or is gone. */
	| { readonly kind: "parent" }
	/** `service.stop(why)`. */
	| { readonly kind: "call"; readonly why: string }
	/** The event loop ran empty: nothing that could still do anything. */
	| { readonly kind: "finished" }
	| { readonly kind: "main-failed"; readonly error: unknown }
	| { readonly kind: "server-failed"; readonly name: string; readonly error: unknown }
	| { readonly kind: "task-failed"; readonly name: string; readonly error: unknown }
	/** A child process or a thread ended by itself, and badly. */
	| { readonly kind: "resource-failed"; readonly name: string; readonly error: unknown }
	/** An exception or a rejection that nobody caught. */
	| { readonly kind: "uncaught"; readonly error: unknown };

/** Where an error came from, and the error itself. */
export interface Failure {
	/** The name of the server, task or resource; `main`, `uncaught`. */
	readonly name: string;
	readonly error: unknown;
}

/** The failure that a stop reason is, or `undefined` for one that is nobody's fault. */
export function failureOf(reason: StopReason): Failure | undefined {
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

/** The stop reason in a few words, for logs and errors. */
export function describeReason(reason: StopReason): string {
	switch (reason.kind) {
		case "signal":
			return reason.signal;
		case "abort":
			return `aborted by its caller${tryGet(() => detailOf(reason.reason)) ?? ""}`;
		case "parent":
			return "told by its parent";
		case "call":
			return stringOf(reason.why);
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

function detailOf(abortReason: unknown): string {
	return abortReason instanceof Error && abortReason.name !== "AbortError" ? ` (${stringOf(abortReason.message)})` : "";
}
