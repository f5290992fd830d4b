/** A header block that can't be decoded. What follows on its connection can't be either (RFC 9113 §4.3). */
export class HpackError extends Error {
	override readonly name: string = "HpackError";
}
