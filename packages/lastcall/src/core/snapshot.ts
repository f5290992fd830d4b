import type { InFlight } from "./drainable.ts";
import type { Phase } from "./phase.ts";
import type { StopReason } from "./stop-reason.ts";

/** What a service is doing at one instant. */
export interface Snapshot {
	readonly phase: Phase;
	/** True if new work may be sent here. */
	readonly ready: boolean;
	/** True if `main` has ended without an error, whatever came after. */
	readonly started: boolean;
	/** What began the shutdown, or `undefined` if nothing has. */
	readonly reason: StopReason | undefined;
	/** Milliseconds until the deadline, or `undefined` if no shutdown has begun. */
	readonly leftMs: number | undefined;
	/** What is in flight, the oldest first. */
	readonly inFlight: readonly InFlight[];
}
