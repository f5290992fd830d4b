import { MOST_PAYLOAD_BYTES } from "./http2-frames.ts";

const CODES = { maxConcurrentStreams: 3, initialWindowSize: 4, maxFrameSize: 5 } as const;
const ENTRY_BYTES = 6;
const MOST_WINDOW = 2 ** 31 - 1;
const MOST_FRAME_BYTES = 2 ** 24 - 1;

/** What a server allows (RFC 9113 §6.5.2): what it has said, and until then the defaults. */
export class Http2Settings {
	maxConcurrentStreams: number = Number.POSITIVE_INFINITY;
	initialWindowSize = 65_535;
	maxFrameSize: number = MOST_PAYLOAD_BYTES;

	/** Takes a SETTINGS payload. Returns false if no server may send it. */
	take(bytes: Buffer, from: number, to: number): boolean {
		if ((to - from) % ENTRY_BYTES !== 0) return false;
		for (let at = from; at < to; at += ENTRY_BYTES) {
			const value = bytes.readUInt32BE(at + 2);
			const code = bytes.readUInt16BE(at);
			if (code === CODES.maxConcurrentStreams) this.maxConcurrentStreams = value;
			else if (code === CODES.initialWindowSize) {
				if (value > MOST_WINDOW) return false;
				this.initialWindowSize = value;
			} else if (code === CODES.maxFrameSize) {
				if (value < MOST_PAYLOAD_BYTES || value > MOST_FRAME_BYTES) return false;
				this.maxFrameSize = value;
			}
		}
		return true;
	}
}
