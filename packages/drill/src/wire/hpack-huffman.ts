import { HpackError } from "./hpack-error.ts";

/**
 * The length of each symbol's code in bits, as a digit in base 32: bytes from 0 to 255, then EOS (RFC 7541, appendix B). The codes
 * follow from their lengths: those of one length are numbered in the order of their symbols, after all shorter ones.
 */
const LENGTHS =
	"dnsssssssoussussssssssusssssssss6aacd68baa8b8666555666666678f6cad67777777777777777777777878djde6" +
	"f56565666577666567655677777fbedskmkkmmmnmnnnnnonoomnonnnnlmnmnnomlkmmnnlnmmolmnnllmlnmnnkmmmnmmn" +
	"qqkjmnmpqqqrrqopjlqrrqrollqqsrrrkoklmllnmmppooqnqrqqrrrrrsrrrrrqu";
const LONGEST = 30;
const EOS = 256;

/** All symbols, the shortest code first; then by code length: the first code, how many there are, and where their symbols begin. */
const SYMBOLS: number[] = [];
const FIRST_CODES: number[] = [];
const COUNTS: number[] = [];
const STARTS: number[] = [];

for (let length = 0, code = 0; length <= LONGEST; length++) {
	code = (code + (COUNTS[length - 1] ?? 0)) * 2;
	STARTS[length] = SYMBOLS.length;
	for (let symbol = 0; symbol <= EOS; symbol++)
		if (Number.parseInt(LENGTHS.charAt(symbol), 32) === length) SYMBOLS.push(symbol);
	FIRST_CODES[length] = code;
	COUNTS[length] = SYMBOLS.length - (STARTS[length] as number);
}

/** Returns the text of `bytes` as latin1. Throws an `HpackError` for what no encoder makes. */
export function decodeHuffman(bytes: Uint8Array, from: number, to: number): string {
	let text = "";
	let code = 0;
	let length = 0;
	for (let at = from; at < to; at++) {
		const byte = bytes[at] as number;
		for (let bit = 7; bit >= 0; bit--) {
			code = code * 2 + ((byte >> bit) & 1);
			const index = code - (FIRST_CODES[++length] as number);
			if (index < (COUNTS[length] as number)) {
				const symbol = SYMBOLS[(STARTS[length] as number) + index] as number;
				if (symbol === EOS) throw new HpackError("A text has the symbol for its end.");
				text += String.fromCharCode(symbol);
				code = 0;
				length = 0;
			} else if (length === LONGEST) throw new HpackError("A text has no such code.");
		}
	}
	// The rest of the last byte is the beginning of EOS, which has only ones (RFC 7541 §5.2).
	if (length > 7 || code !== 2 ** length - 1) throw new HpackError("A text ends within a code.");
	return text;
}
