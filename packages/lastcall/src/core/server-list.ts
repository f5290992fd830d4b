import type { Drainable } from "./drainable.ts";
import { Pruner } from "./pruner.ts";

/**
 * The servers of a service. A server at rest is held weakly: it may listen again, but a program that creates and closes
 * thousands of servers must not keep them all in memory.
 */
export class ServerList implements Iterable<Drainable> {
	readonly #active = new Set<Drainable>();
	readonly #resting = new Set<WeakRef<Drainable>>();
	readonly #release = new WeakMap<Drainable, () => void>();
	readonly #activePruner = new Pruner(this.#active, (server) => this.#moveIfAtRest(server));
	readonly #restingPruner = new Pruner(this.#resting, (ref) => {
		if (ref.deref() === undefined) this.#resting.delete(ref);
	});

	/** The number of servers, at rest or not. */
	get size(): number {
		return this.#active.size + this.#resting.size;
	}

	/** Adds a server. `release` undoes what was done to the program's object, apart from what the drain has done to it. */
	add(server: Drainable, release: () => void = () => {}): void {
		this.#activePruner.pruneSome();
		this.#restingPruner.pruneSome();
		this.#active.add(server);
		this.#release.set(server, release);
	}

	/** Forgets a server, and calls its `release`. */
	remove(server: Drainable): void {
		this.#active.delete(server);
		for (const ref of this.#resting) if (ref.deref() === server) this.#resting.delete(ref);
		this.#release.get(server)?.();
		this.#release.delete(server);
	}

	/** Calls `release` of every server. */
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

	#moveIfAtRest(server: Drainable): void {
		if (server.isAtRest?.() !== true) return;
		this.#active.delete(server);
		this.#resting.add(new WeakRef(server));
	}
}
