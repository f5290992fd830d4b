import type { Drainable, DrainOptions, InFlight } from "#src/core/drainable.js";
import { Deferred } from "./deferred.ts";
import type { FakeClock } from "./fake-clock.ts";

/** A server without a protocol: the test decides what is in flight and when it is drained. */
export class FakeServer implements Drainable {
	readonly name: string;
	readonly drained = new Deferred();
	/** The arguments of each call of `drain()`. */
	readonly drains: DrainOptions[] = [];
	hardStops = 0;
	/** The number of connections with nothing in flight. */
	idle = 0;
	readonly #clock: FakeClock;
	readonly #accepted = new Map<string, number>();

	constructor(name: string, clock: FakeClock) {
		this.name = name;
		this.#clock = clock;
	}

	accept(what: string): void {
		this.#accepted.set(what, this.#clock.now());
	}

	inFlight(): InFlight[] {
		const now = this.#clock.now();
		return [...this.#accepted].map(([what, at]) => ({ name: this.name, what, ageMs: now - at }));
	}

	idleConnections(): number {
		return this.idle;
	}

	drain(options: DrainOptions): Promise<void> {
		this.drains.push(options);
		return this.drained.promise;
	}

	/** Finishes everything in flight, and ends the drain. */
	finish(): void {
		this.#accepted.clear();
		this.drained.resolve();
	}

	cut(): void {
		this.hardStops++;
		this.finish();
	}
}
