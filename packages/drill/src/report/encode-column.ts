/** A multiple of 3, so that the texts of two pieces can be joined. */
const PIECE_BYTES = 49_152;
const LONGEST = 16;

/**
 * Yields numbers as text, in pieces: base64 of the difference of each to the one before, as a whole number of units. A difference
 * has 7 bits in each byte, the lowest first, and its sign in the lowest bit; a byte below 0x80 is its last. A 0 is followed by how
 * many more there are at once. `decodeColumn` of the page reads it.
 * @param unitsInOne 100 for numbers with two decimals
 */
export function* encodeColumn(numbers: ArrayLike<number>, unitsInOne = 1): Generator<string> {
	const piece = Buffer.alloc(PIECE_BYTES + LONGEST);
	let bytes = 0;
	const add = (number: number): void => {
		let rest = number;
		for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) piece[bytes++] = 0x80 | (rest % 0x80);
		piece[bytes++] = rest;
	};
	let before = 0;
	for (let i = 0; i < numbers.length; i++) {
		const number = Math.round((numbers[i] as number) * unitsInOne);
		const difference = number - before;
		add(difference < 0 ? -2 * difference - 1 : 2 * difference);
		if (difference === 0) {
			const from = i;
			while (numbers[i + 1] === numbers[from]) i++;
			add(i - from);
		}
		before = number;
		if (bytes < PIECE_BYTES) continue;
		yield piece.toString("base64", 0, PIECE_BYTES);
		piece.copy(piece, 0, PIECE_BYTES, bytes);
		bytes -= PIECE_BYTES;
	}
	yield piece.toString("base64", 0, bytes);
}
