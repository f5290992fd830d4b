/** Reads `length` whole numbers, as `encodeColumn` of the drill has written them. */
export function decodeColumn(text: string, length: number): Float64Array {
	const bytes = atob(text);
	const numbers = new Float64Array(length);
	let at = 0;
	const read = (): number => {
		let number = 0;
		for (let scale = 1; ; scale *= 0x80) {
			const byte = bytes.charCodeAt(at++);
			number += (byte & 0x7f) * scale;
			if (byte < 0x80) return number;
		}
	};
	let number = 0;
	for (let i = 0; i < length; i++) {
		const coded = read();
		number += coded % 2 === 1 ? -(coded + 1) / 2 : coded / 2;
		if (coded === 0) {
			const more = read();
			numbers.fill(number, i, i + 1 + more);
			i += more;
		} else numbers[i] = number;
	}
	return numbers;
}
