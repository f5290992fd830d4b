/** The types of frames (RFC 9113 §6). */
export const FRAME = {
	data: 0,
	headers: 1,
	priority: 2,
	rstStream: 3,
	settings: 4,
	pushPromise: 5,
	ping: 6,
	goaway: 7,
	windowUpdate: 8,
	continuation: 9,
} as const;

/** Their flags, which mean something else for other types. */
export const FLAG = { endStream: 1, ack: 1, endHeaders: 4, padded: 8, priority: 32 } as const;

export const HEAD_BYTES = 9;
/** The largest payload that a client or server takes without a setting of its own. */
export const MOST_PAYLOAD_BYTES = 16_384;

/** Returns a whole frame as latin1, as its payload is. */
export function frame(type: number, flags: number, stream: number, payload: string): string {
	const { length } = payload;
	const head = String.fromCharCode(
		length >>> 16,
		(length >>> 8) & 0xff,
		length & 0xff,
		type,
		flags,
		stream >>> 24,
		(stream >>> 16) & 0xff,
		(stream >>> 8) & 0xff,
		stream & 0xff,
	);
	return head + payload;
}

/** Returns numbers as latin1, four bytes each. */
export function words(...numbers: readonly number[]): string {
	return numbers.map((n) => String.fromCharCode(n >>> 24, (n >>> 16) & 0xff, (n >>> 8) & 0xff, n & 0xff)).join("");
}

/** Returns the frames of a request's or a response's fields: more than one if the block is larger than a frame may be. */
export function headFrames(stream: number, block: string, flags: number, mostBytes: number): string {
	if (block.length <= mostBytes) return frame(FRAME.headers, flags | FLAG.endHeaders, stream, block);
	let text = frame(FRAME.headers, flags, stream, block.slice(0, mostBytes));
	for (let at = mostBytes; at < block.length; at += mostBytes) {
		const isLast = at + mostBytes >= block.length;
		text += frame(FRAME.continuation, isLast ? FLAG.endHeaders : 0, stream, block.slice(at, at + mostBytes));
	}
	return text;
}

const ENABLE_PUSH = "\0\x02";

/** What the client sends first: the preface, and that it takes no pushed responses. */
export const OPENING: string = `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${frame(FRAME.settings, 0, 0, ENABLE_PUSH + words(0))}`;
