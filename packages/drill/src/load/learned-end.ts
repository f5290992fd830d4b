import type { EventStreamCheck, WholeStream } from "../wire/event-stream-check.ts";

/**
 * Learns how whole event streams end: with the name or the data of a last event that the first streams have in common and
 * that the event before it does not have, such as `[DONE]`.
 */
export class LearnedEnd implements WholeStream {
	readonly #learnFrom: number;
	#learned = 0;
	#common: readonly string[] = [];

	/** @param learnFrom how many streams it takes, at least two: a single one shows nothing in common */
	constructor(learnFrom: number) {
		this.#learnFrom = learnFrom;
	}

	/** Undefined until enough streams were whole, and if they have nothing in common. */
	get until(): string | undefined {
		return this.#learned < this.#learnFrom ? undefined : this.#common[0];
	}

	/** Takes a whole stream. Returns true if all streams so far have something in common. */
	learn({ endMarks }: EventStreamCheck): boolean {
		if (this.#learned >= this.#learnFrom) return this.#common.length > 0;
		this.#common = this.#learned++ === 0 ? endMarks : this.#common.filter((mark) => endMarks.includes(mark));
		return this.#common.length > 0;
	}
}
