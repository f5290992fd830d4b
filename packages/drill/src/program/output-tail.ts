/** Keeps the last part of what a program wrote. */
export class OutputTail {
	readonly #limit: number;
	#text = "";

	/** @param limit how many characters are kept */
	constructor(limit = 65_536) {
		this.#limit = limit;
	}

	push(text: string): void {
		this.#text = (this.#text + text).slice(-this.#limit);
	}

	get text(): string {
		return this.#text;
	}
}
