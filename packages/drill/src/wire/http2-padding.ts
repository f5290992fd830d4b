import type { Http2Frame } from "./http2-frame-reader.ts";
import { FLAG } from "./http2-frames.ts";

/** Where the payload of a frame is. */
export interface Payload {
	readonly from: number;
	readonly to: number;
}

/** Returns the payload of a DATA or HEADERS frame without its padding; `undefined` if there is more padding than payload. */
export function unpadded(frame: Http2Frame): Payload | undefined {
	const { flags, bytes, from, to } = frame;
	if ((flags & FLAG.padded) === 0) return frame;
	const end = to - (from < to ? (bytes[from] as number) : 0);
	return end > from ? { from: from + 1, to: end } : undefined;
}
