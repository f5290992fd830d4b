import { SegmentTree } from "./segment-tree.ts";
import type { Span } from "./start-order.ts";

/** The state of a resource, or of the resources of a group together. */
export interface ClosingState {
	/** The id of the newest resource that may be closed, if only what is in the group is looked at. 0 if there is none. */
	readonly newest: number;
	/** The length of the longest chain of closings that begins with one of those that wait. 0 if none waits. */
	readonly chain: number;
	/** True if one is closing, and later ones wait for it. */
	readonly isClosing: boolean;
}

/** Closed, or no longer waited for. */
export const OVER: ClosingState = { newest: 0, chain: 0, isClosing: false };

export function isOver({ chain, isClosing }: ClosingState): boolean {
	return chain === 0 && !isClosing;
}

/** The state of a part of a level with its start-up, or of several parts together. */
interface Parts extends ClosingState {
	/** The latest begin. */
	readonly latestFrom: number;
	/** Of the parts that have a `newest`: the earliest begin and the latest end. */
	readonly newestFrom: number;
	readonly newestTo: number;
	/** Of the parts in which one waits: the earliest end. */
	readonly waitingTo: number;
	/** Of the parts in which one is closing: the earliest end. */
	readonly closingTo: number;
}

const NO_PARTS: Parts = {
	...OVER,
	latestFrom: 0,
	newestFrom: Infinity,
	newestTo: 0,
	waitingTo: Infinity,
	closingTo: Infinity,
};

/** What was started within one group, or within the service: resources, and groups with their own levels. */
export class ClosingLevel {
	readonly #parts: SegmentTree<Parts> = new SegmentTree(together);

	/** The place of the next part. */
	get length(): number {
		return this.#parts.length;
	}

	/** The state of all parts together. */
	get state(): ClosingState {
		const { latestFrom, closingTo, chain, isClosing } = this.#parts.sum ?? NO_PARTS;
		const newest = this.#parts.greatest(
			(parts) => parts.newest,
			// A part that began after this one had ended may need it. What was acquired while others close may be needed by them.
			(parts) => parts.newestTo >= latestFrom && parts.newestFrom <= closingTo,
		);
		return { newest, chain, isClosing };
	}

	/** Returns the longest chain that begins with a part that had ended before the instant `before`. */
	chainBefore(before: number): number {
		return this.#parts.greatest(
			(parts) => parts.chain,
			(parts) => parts.waitingTo < before,
		);
	}

	/** Sets the state of the part at `place`. */
	set(place: number, { from, to }: Span, state: ClosingState): void {
		const { newest, chain, isClosing } = state;
		const part: Parts = {
			newest,
			chain,
			isClosing,
			latestFrom: from,
			newestFrom: newest > 0 ? from : Infinity,
			newestTo: newest > 0 ? to : 0,
			waitingTo: chain > 0 ? to : Infinity,
			closingTo: isClosing ? to : Infinity,
		};
		this.#parts.set(place, isOver(state) ? NO_PARTS : part);
	}
}

function together(one: Parts, other: Parts): Parts {
	if (one === NO_PARTS) return other;
	if (other === NO_PARTS) return one;
	return {
		newest: Math.max(one.newest, other.newest),
		chain: Math.max(one.chain, other.chain),
		isClosing: one.isClosing || other.isClosing,
		latestFrom: Math.max(one.latestFrom, other.latestFrom),
		newestFrom: Math.min(one.newestFrom, other.newestFrom),
		newestTo: Math.max(one.newestTo, other.newestTo),
		waitingTo: Math.min(one.waitingTo, other.waitingTo),
		closingTo: Math.min(one.closingTo, other.closingTo),
	};
}
