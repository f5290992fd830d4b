import { nowMs } from "./now.ts";

/** One thing that happened, on the clock of `nowMs`. */
export interface Noted {
	readonly atMs: number;
	readonly what: string;
}

/** Everything that happened in one run: the moves, what the server did meanwhile, and the outcome of each request. */
export class Transcript {
	readonly #startedAtMs = nowMs();
	readonly #noted: Noted[] = [];

	note(what: string, atMs: number = nowMs()): void {
		this.#noted.push({ atMs, what });
	}

	noteAll(noted: readonly Noted[]): void {
		this.#noted.push(...noted);
	}

	/** A line for each thing, in order, with its time. */
	toString(): string {
		return this.#noted
			.toSorted((a, b) => a.atMs - b.atMs)
			.map(({ atMs, what }) => `${(atMs - this.#startedAtMs).toFixed(1).padStart(8)} ms  ${what}`)
			.join("\n");
	}
}
