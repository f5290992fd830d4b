import { ClosingLevel, type ClosingState, isOver, OVER } from "./closing-level.ts";
import type { Path, Span } from "./start-order.ts";

/** Something that waits to be closed. */
export interface Ordered {
	/** Increases with each one that is acquired. */
	readonly id: number;
	readonly path: Path;
	/** The length of the longest chain of closings that begins with this one. */
	readonly toCome: number;
}

/**
 * Decides which resource may be closed next: the newest one that waits neither for others that wait nor for those that are
 * closing. Of two, the one that began to start after the other had started is closed before it, since it may need the other; of two
 * in different groups, the groups are compared. It is a tree of what was started within what. The cost of each resource grows with
 * the logarithm of how many there are.
 */
export class ClosingOrder<Closer extends Ordered> {
	/** All that wait, by their ids, the oldest first. */
	readonly #waiting = new Map<number, Closer>();
	/** The groups that have parts which are not over, and the service as `undefined`. */
	readonly #levels = new Map<Span | undefined, ClosingLevel>();
	/** The place within its level of each part that is not over. */
	readonly #places = new Map<Span, number>();
	/** The id of the resource to take next, or 0. */
	#newest = 0;

	get size(): number {
		return this.#waiting.size;
	}

	/** Returns those that wait, the newest first. */
	newestFirst(): Closer[] {
		return [...this.#waiting.values()].reverse();
	}

	/**
	 * Returns the length of the longest chain from a resource at `path` on. It stays the same until that resource is closed, as no
	 * older one can be closed before it.
	 */
	chainFrom(path: Path): number {
		const chains = path.map(({ from }, depth) => this.#levels.get(path[depth - 1])?.chainBefore(from) ?? 0);
		return 1 + Math.max(0, ...chains);
	}

	add(closer: Closer): void {
		this.#waiting.set(closer.id, closer);
		this.#set(closer.path, { newest: closer.id, chain: closer.toCome, isClosing: false });
	}

	/** Called when a group has started: the end of its start-up is known now. */
	groupEnded(path: Path): void {
		const level = this.#levels.get(path.at(-1));
		if (level !== undefined) this.#set(path, level.state);
	}

	/** Takes the newest resource that may be closed, if there is one. Others wait for it until it is released. */
	takeNext(): Closer | undefined {
		const next = this.#waiting.get(this.#newest);
		if (next === undefined) return undefined;
		this.#waiting.delete(next.id);
		this.#set(next.path, { newest: 0, chain: 0, isClosing: true });
		return next;
	}

	/** Called once for each resource that was taken: no other one waits for it any longer. */
	release(path: Path): void {
		this.#set(path, OVER);
	}

	/** Sets the state of the part at `path`, and with it those of the groups that it is in. */
	#set(path: Path, state: ClosingState, depth: number = path.length - 1): void {
		const span = path[depth];
		if (span === undefined) {
			this.#newest = state.newest;
			return;
		}
		const level = this.#levelOf(path[depth - 1]);
		const place = this.#places.get(span) ?? level.length;
		level.set(place, span, state);
		if (isOver(state)) {
			this.#places.delete(span);
			this.#levels.delete(span);
		} else this.#places.set(span, place);
		this.#set(path, level.state, depth - 1);
	}

	#levelOf(group: Span | undefined): ClosingLevel {
		const known = this.#levels.get(group);
		if (known !== undefined) return known;
		const level = new ClosingLevel();
		this.#levels.set(group, level);
		return level;
	}
}
