import type { EventStreamCheck, WholeStream } from "../wire/event-stream-check.ts";

/**
 * How whole event streams end where nobody says it: with the name or the data of a last event that the first streams have in
 * common, and that the event before it does not have. `[DONE]`, say.
 */
export class LearnedEnd implements WholeStream {
	readonly #learnFrom: number;
	#learned = 0;
	#common: readonly string[] = [];

	/** @param learnFrom how many streams it takes; at least two, as one has nothing in common with others */
	constructor(learnFrom: number) {
		this.#learnFrom = learnFrom;
	}

	/** Missing as long as not enough streams were whole, and where they have nothing in common. */
	get until(): string | undefined {
		return this.#learned < this.#learnFrom ? undefined : this.#common[0];
	}

	/** Takes a whole stream. Reports whether those so far have something in common. */
	learn({ endMarks }: EventStreamCheck): boolean {
		if (this.#learned >= this.#learnFrom) return this.#common.length > 0;
		this.#common = this.#learned++ === 0 ? endMarks : this.#common.filter((mark) => endMarks.includes(mark));
		return this.#common.length > 0;
	}
}
