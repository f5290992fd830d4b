import type { InFlight } from "./drainable.ts";
import type { Phase } from "./phase.ts";
import type { StopReason } from "./stop-reason.ts";

/** What a service is doing at one instant. */
export interface Snapshot {
	readonly phase: Phase;
	/** Reports whether new work may be sent here. */
	readonly ready: boolean;
	/** Reports whether start-up has ended well, whatever came after. */
	readonly started: boolean;
	/** What began the shutdown, once something has. */
	readonly reason: StopReason | undefined;
	/** Milliseconds until the deadline, once a shutdown has begun. */
	readonly leftMs: number | undefined;
	/** What is in flight, oldest first. */
	readonly inFlight: readonly InFlight[];
}
