import type { Clock } from "./clock.ts";

/** Where a service is in its life. A service may skip phases, but never goes back to an earlier one. */
export type Phase =
	/** `main` is running. Not ready. */
	| "starting"
	/** `main` has ended. Ready: new work may be sent here. */
	| "running"
	/**
	 * Stopping, but serving as before, for `lameDuckMs`. Not ready, so that load balancers stop sending requests. Skipped
	 * without `lameDuckMs`, before `running`, and after a failure.
	 */
	| "lame-duck"
	/** New connections are refused, and what was accepted is being finished. */
	| "draining"
	/** Nothing is in flight any more, or it was dropped. Resources are being closed, the newest first. */
	| "closing"
	/** Everything is closed, or the time is over. The report is final. */
	| "closed";

/** All phases, in order. */
export const PHASES: readonly Phase[] = ["starting", "running", "lame-duck", "draining", "closing", "closed"];

/** When a phase began. */
export interface PhaseTime {
	readonly phase: Phase;
	/** Milliseconds after the stop reason. */
	readonly atMs: number;
}

/** The phase of a service. Nothing else changes it. */
export class Lifecycle {
	readonly #clock: Clock;
	readonly #entered: { phase: Phase; at: number }[];
	#phase: Phase = "starting";

	constructor(clock: Clock) {
		this.#clock = clock;
		this.#entered = [{ phase: "starting", at: clock.now() }];
	}

	get phase(): Phase {
		return this.#phase;
	}

	/** Returns true if `phase` is still to come. */
	isBefore(phase: Phase): boolean {
		return PHASES.indexOf(this.#phase) < PHASES.indexOf(phase);
	}

	/** Returns true if `phase` was entered. A phase that was skipped was not. */
	wasEntered(phase: Phase): boolean {
		return this.#entered.some((entry) => entry.phase === phase);
	}

	/** Enters `phase`. Does nothing if it was entered or skipped before. */
	enter(phase: Phase): void {
		if (!this.isBefore(phase)) return;
		this.#phase = phase;
		this.#entered.push({ phase, at: this.#clock.now() });
	}

	/** Returns the phases that were entered at or after the instant `start`. */
	since(start: number): PhaseTime[] {
		return this.#entered.filter(({ at }) => at >= start).map(({ phase, at }) => ({ phase, atMs: at - start }));
	}
}
