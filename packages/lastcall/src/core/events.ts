import type { CloserReport } from "./closer-report.ts";
import type { InFlight } from "./drainable.ts";
import type { HardStop, ShutdownReport } from "./report.ts";
import type { Snapshot } from "./snapshot.ts";
import type { Failure, StopReason } from "./stop-reason.ts";
import type { Warning } from "./warning.ts";

/** What a service tells those who watch it, as it happens. */
export type ServiceEvent =
	| { readonly type: "listening"; readonly name: string; readonly address: string }
	| { readonly type: "running" }
	| { readonly type: "stopping"; readonly reason: StopReason; readonly gracePeriodMs: number }
	| { readonly type: "lame-duck"; readonly lameDuckMs: number }
	| { readonly type: "draining"; readonly inFlight: readonly InFlight[] }
	/** Told again and again while something is in flight. */
	| { readonly type: "waiting"; readonly inFlight: readonly InFlight[]; readonly leftMs: number }
	/** A signal came again that is no hard stop, such as a second SIGTERM: nothing changes. */
	| { readonly type: "signal-repeated"; readonly signal: string; readonly leftMs: number }
	/** A server has finished everything that it had accepted. */
	| { readonly type: "drained"; readonly name: string; readonly durationMs: number }
	| { readonly type: "hard-stop"; readonly hardStop: HardStop; readonly left: readonly InFlight[] }
	/** Closers that had not ended at the deadline, with a hard stop before it. */
	| { readonly type: "left"; readonly left: readonly InFlight[] }
	| { readonly type: "closing"; readonly resources: number }
	/** `id` is the same in both, and of one resource: two may have the same name. */
	| { readonly type: "resource-closing"; readonly id: number; readonly name: string }
	| { readonly type: "resource-closed"; readonly id: number; readonly result: CloserReport }
	/** A health check has failed that was ok before; it is ok again. */
	| { readonly type: "check-failed"; readonly name: string; readonly error: unknown }
	| { readonly type: "check-recovered"; readonly name: string }
	/** Something failed after the stop reason. */
	| { readonly type: "failed"; readonly failure: Failure }
	| { readonly type: "closed"; readonly report: ShutdownReport }
	/** The process ends with another exit code than that of the report: it was changed after the service was closed. */
	| { readonly type: "exit-code-changed"; readonly exitCode: number; readonly reported: number }
	/** The process did not end by itself after that: what kept it alive. It is ended now. */
	| { readonly type: "held"; readonly holders: string }
	/**
	 * `process.exit()` would wait for these threads, which don't end: the process is ended now, whatever they do. By `execve` it
	 * ends with `exitCode`.
	 */
	| {
			readonly type: "stuck";
			readonly threads: string;
			readonly by: "execve" | "SIGKILL" | "SIGABRT";
			readonly exitCode: number;
	  }
	/** The program will lose what it should not, and can be put right. */
	| { readonly type: "warning"; readonly warning: Warning }
	/** Somebody has asked what the service is doing; `holders`: what keeps the event loop alive. */
	| { readonly type: "snapshot"; readonly snapshot: Snapshot; readonly holders: string };

/** What an observer may ask of the service whose events it hears. One service is the same object in all of them. */
export interface Observed {
	/** The name of the program. */
	readonly name: string;
	/** What the service is doing now. */
	snapshot(): Snapshot;
}

/** Hears every event, synchronously. What it throws is ignored: nobody who watches can hold a shutdown up. */
export type Observer = (event: ServiceEvent, service: Observed) => void;
