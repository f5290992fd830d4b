import type { Drainable, DrainOptions, InFlight } from "#src/core/drainable.js";
import { Deferred } from "./deferred.ts";
import type { FakeClock } from "./fake-clock.ts";

/** A server without a protocol: the test says what is in flight and when it is drained. */
export class FakeServer implements Drainable {
	readonly name: string;
	readonly drained = new Deferred();
	/** What each call of `drain()` was given. */
	readonly drains: DrainOptions[] = [];
	hardStops = 0;
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

	drain(options: DrainOptions): Promise<void> {
		this.drains.push(options);
		return this.drained.promise;
	}

	/** Everything in flight is answered and the drain over. */
	finish(): void {
		this.#accepted.clear();
		this.drained.resolve();
	}

	cut(): void {
		this.hardStops++;
		this.finish();
	}
}
