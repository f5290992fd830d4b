import type { CloserReport } from "./closer-report.ts";
import type { InFlight } from "./drainable.ts";
import type { HardStop, ShutdownReport } from "./report.ts";
import type { Snapshot } from "./snapshot.ts";
import type { Failure, StopReason } from "./stop-reason.ts";
import type { Warning } from "./warning.ts";

/** What happens in a service, as the log and the diagnostics channel get it. All times are in milliseconds. */
export type ServiceEvent =
	/** A server listens. `address` is its URL, or its path. */
	| { readonly type: "listening"; readonly name: string; readonly address: string }
	/** `main` has ended: the service is ready. */
	| { readonly type: "running" }
	/** The stop reason has come: the shutdown begins. */
	| {
			readonly type: "stopping";
			readonly reason: StopReason;
			readonly gracePeriodMs: number;
			/** The variable of the environment that has set the grace period, if one has. */
			readonly gracePeriodFrom?: string;
			/** Under `lastcall/auto`, if the program has listeners for the signal: they get it after the drain. */
			readonly isHeld?: true;
	  }
	/** The service is not ready, and goes on serving for `lameDuckMs`. */
	| { readonly type: "lame-duck"; readonly lameDuckMs: number }
	/** `main` or these groups are still starting after 10 s. Only once, and not after the stop reason. */
	| { readonly type: "still-starting"; readonly starting: readonly InFlight[] }
	/** Nothing new is accepted from now on. Each of the `idleConnections` stays open until it has been silent for `lingerMs`. */
	| {
			readonly type: "draining";
			readonly inFlight: readonly InFlight[];
			readonly idleConnections: number;
			readonly lingerMs: number;
	  }
	/** The drain is not over 1 s, 3 s, 7 s, … after it began: something is in flight, or idle connections are still open. */
	| {
			readonly type: "waiting";
			readonly inFlight: readonly InFlight[];
			readonly idleConnections: number;
			readonly leftMs: number;
	  }
	/** A signal came again that is no hard stop, such as a second SIGTERM. Nothing changes. */
	| { readonly type: "signal-repeated"; readonly signal: string; readonly leftMs: number }
	/** A server has finished everything that it had accepted. */
	| { readonly type: "drained"; readonly name: string; readonly durationMs: number }
	/** What was `left` has been dropped. */
	| { readonly type: "hard-stop"; readonly hardStop: HardStop; readonly left: readonly InFlight[] }
	/** These closers had not ended at the deadline. Only after a `hard-stop` event, which otherwise includes them. */
	| { readonly type: "left"; readonly left: readonly InFlight[] }
	/** The drain is over; this many resources are going to be closed. */
	| { readonly type: "closing"; readonly resources: number }
	/** The closing of a resource begins. `id` is the same in `resource-closed`: two resources may have one name. */
	| { readonly type: "resource-closing"; readonly id: number; readonly name: string }
	/** The closing of a resource has ended. */
	| { readonly type: "resource-closed"; readonly id: number; readonly result: CloserReport }
	/** A health check has begun to fail. */
	| { readonly type: "check-failed"; readonly name: string; readonly error: unknown }
	/** A health check that failed succeeds again. */
	| { readonly type: "check-recovered"; readonly name: string }
	/** Something failed after the stop reason. */
	| { readonly type: "failed"; readonly failure: Failure }
	/** The shutdown is over. */
	| { readonly type: "closed"; readonly report: ShutdownReport }
	/** Only under `lastcall/auto`, in place of `closed`: everything is drained. What comes `next` is for the program itself. */
	| {
			readonly type: "all-drained";
			/**
			 * - `"listeners"`: the program's own listeners get the `signals` that were held for them, and end it.
			 * - `"exit"`: the program has no such listeners, and ends with the exit code of the report.
			 * - `"nothing"`: the listeners have got the signals already, as the drain took too long.
			 * - `"parent"`: the program waits for its parent, which has only asked for the drain.
			 */
			readonly next: "listeners" | "exit" | "nothing" | "parent";
			readonly signals: readonly string[];
			readonly report: ShutdownReport;
	  }
	/** The process exits with another exit code than `reported`: it was changed after the service was closed. */
	| { readonly type: "exit-code-changed"; readonly exitCode: number; readonly reported: number }
	/** The process did not exit by itself after that, because of these open handles. It is ended now. */
	| { readonly type: "open-handles"; readonly openHandles: string }
	/**
	 * `process.exit()` would wait for these threads, which do not end. The process is ended now, in the way that `by` says. With
	 * `execve` it ends with `exitCode`.
	 */
	| {
			readonly type: "stuck-threads";
			readonly threads: string;
			readonly by: "execve" | "SIGKILL" | "SIGABRT";
			readonly exitCode: number;
	  }
	/** Something in the program or its launch will lose work at the stop, and can be fixed. */
	| { readonly type: "warning"; readonly warning: Warning }
	/** The snapshot signal came. `openHandles`: what keeps the event loop alive. */
	| { readonly type: "snapshot"; readonly snapshot: Snapshot; readonly openHandles: string };

/** The service that an event is about. All events of a service have the same object. */
export interface Observed {
	/** The name of the program. */
	readonly name: string;
	/** Returns what the service is doing now. */
	snapshot(): Snapshot;
}

/** Gets every event, synchronously. What it throws is ignored, so that it cannot delay a shutdown. */
export type Observer = (event: ServiceEvent, service: Observed) => void;
