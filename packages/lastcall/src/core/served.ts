import type { Drainable } from "./drainable.ts";
import { Gleaner } from "./gleaner.ts";

/**
 * The servers of a service. One that is at rest is only held as long as the program holds it: it may listen again, and a program
 * that makes and closes thousands of servers must not keep them all.
 */
export class Served implements Iterable<Drainable> {
	readonly #active = new Set<Drainable>();
	readonly #resting = new Set<WeakRef<Drainable>>();
	readonly #release = new WeakMap<Drainable, () => void>();
	readonly #activeGleaner = new Gleaner(this.#active, (server) => this.#restIfOver(server));
	readonly #restingGleaner = new Gleaner(this.#resting, (ref) => {
		if (ref.deref() === undefined) this.#resting.delete(ref);
	});

	/** How many are held, at rest or not. */
	get size(): number {
		return this.#active.size + this.#resting.size;
	}

	/** Adds one. `release` gives back what was taken of the program's object, beside what the drain takes. */
	add(server: Drainable, release: () => void = () => {}): void {
		this.#activeGleaner.glean();
		this.#restingGleaner.glean();
		this.#active.add(server);
		this.#release.set(server, release);
	}

	/** Releases all of them. */
	releaseAll(): void {
		for (const server of this) this.#release.get(server)?.();
	}

	*[Symbol.iterator](): Iterator<Drainable> {
		yield* this.#active;
		for (const ref of this.#resting) {
			const server = ref.deref();
			if (server !== undefined) yield server;
		}
	}

	#restIfOver(server: Drainable): void {
		if (server.isAtRest?.() !== true) return;
		this.#active.delete(server);
		this.#resting.add(new WeakRef(server));
	}
}
