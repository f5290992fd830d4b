/** Gives each of a few different texts a number. 0 is for no text. */
export class TextNumbers {
	readonly #texts: (string | undefined)[] = [undefined];
	readonly #numbers = new Map<string | undefined, number>([[undefined, 0]]);

	numberOf(text: string | undefined): number {
		const known = this.#numbers.get(text);
		if (known !== undefined) return known;
		const number = this.#texts.push(text) - 1;
		this.#numbers.set(text, number);
		return number;
	}

	textOf(number: number): string | undefined {
		return this.#texts[number];
	}
}
