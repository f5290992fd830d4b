import type { Clock } from "./clock.ts";

/** The phases of a service, in the only order there is. A phase may be passed over, none is ever gone back to. */
export const PHASES = ["starting", "running", "lame-duck", "draining", "closing", "closed"] as const;

/** Where a service is in its life. The timeline in ARCHITECTURE.md says what each phase means. */
export type Phase = (typeof PHASES)[number];

/** When a phase was entered, in milliseconds after the stop reason. */
export interface PhaseTime {
	readonly phase: Phase;
	readonly atMs: number;
}

/** The one mover of the phase. */
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

	/** Reports whether `phase` is still to come. */
	isBefore(phase: Phase): boolean {
		return PHASES.indexOf(this.#phase) < PHASES.indexOf(phase);
	}

	/** Reports whether `phase` was ever entered: it may have been passed over. */
	wasEntered(phase: Phase): boolean {
		return this.#entered.some((entry) => entry.phase === phase);
	}

	/** Moves on to `phase`; a phase that is reached or passed is left as it is. */
	enter(phase: Phase): void {
		if (!this.isBefore(phase)) return;
		this.#phase = phase;
		this.#entered.push({ phase, at: this.#clock.now() });
	}

	/** The phases entered since the instant `start`. */
	since(start: number): PhaseTime[] {
		return this.#entered.filter(({ at }) => at >= start).map(({ phase, at }) => ({ phase, atMs: at - start }));
	}
}
