import type { Deliver } from "./auto-program.ts";
import { hasOwnListeners } from "./own-listeners.ts";

interface HeldEvent {
	readonly event: string;
	readonly deliver: Deliver;
}

/** The events that ask the program to stop, and that it has not got yet. */
export class HeldEvents {
	readonly #held: HeldEvent[] = [];

	get size(): number {
		return this.#held.length;
	}

	add(event: string, deliver: Deliver): void {
		this.#held.push({ event, deliver });
	}

	/** The names of those that the program listens for. */
	get heard(): string[] {
		return this.#held.flatMap(({ event }) => (hasOwnListeners(event) ? [event] : []));
	}

	/** Hands them on, in their order, each in a callback of its own: what a listener throws is uncaught, as it would have been before. */
	deliver(): void {
		for (const { deliver } of this.#held.splice(0)) setImmediate(deliver);
	}
}
