import { HpackDecoder } from "./hpack-decoder.ts";
import { HpackError } from "./hpack-error.ts";
import { HTTP2_ERROR } from "./http2-errors.ts";
import type { Http2Frame } from "./http2-frame-reader.ts";
import { FLAG } from "./http2-frames.ts";
import { unpadded } from "./http2-padding.ts";
import { Http2ResponseHead } from "./http2-response-head.ts";

/** A head that needs more frames. */
interface Begun {
	readonly stream: number;
	readonly ends: boolean;
	readonly pieces: Buffer[];
	bytes: number;
}

/** More than any server sends. Without a limit, a head without an end would take all memory. */
const MOST_BLOCK_BYTES = 1_000_000;
const PRIORITY_BYTES = 5;

/** Reads heads and trailers, in one HEADERS frame or with CONTINUATION frames after it. */
export class Http2HeadReader {
	/** What the last whole head said. */
	readonly head: Http2ResponseHead = new Http2ResponseHead();
	readonly #whole: (stream: number, ends: boolean) => void;
	readonly #decoder = new HpackDecoder();
	#begun: Begun | undefined;

	/** @param whole called with a stream whose head is in `head`; `ends` if nothing follows it */
	constructor(whole: (stream: number, ends: boolean) => void) {
		this.#whole = whole;
	}

	/** True if only a CONTINUATION frame may follow. */
	get hasBegun(): boolean {
		return this.#begun !== undefined;
	}

	/** Takes a HEADERS frame. Returns an error code, `HTTP2_ERROR.none` if there is no error. */
	begin(frame: Http2Frame): number {
		const payload = unpadded(frame);
		if (payload === undefined) return HTTP2_ERROR.protocol;
		const { bytes, flags, stream } = frame;
		const from = payload.from + ((flags & FLAG.priority) === 0 ? 0 : PRIORITY_BYTES);
		if (from > payload.to) return HTTP2_ERROR.frameSize;
		const ends = (flags & FLAG.endStream) !== 0;
		if ((flags & FLAG.endHeaders) !== 0) return this.#decode(stream, ends, bytes, from, payload.to);
		this.#begun = { stream, ends, pieces: [Buffer.from(bytes.subarray(from, payload.to))], bytes: payload.to - from };
		return HTTP2_ERROR.none;
	}

	/** Takes a CONTINUATION frame. Returns as `begin` does. */
	goOn({ stream, flags, bytes, from, to }: Http2Frame): number {
		const begun = this.#begun;
		if (begun === undefined || begun.stream !== stream) return HTTP2_ERROR.protocol;
		begun.pieces.push(Buffer.from(bytes.subarray(from, to)));
		begun.bytes += to - from;
		if (begun.bytes > MOST_BLOCK_BYTES || begun.pieces.length > MOST_BLOCK_BYTES / 100)
			return HTTP2_ERROR.enhanceYourCalm;
		if ((flags & FLAG.endHeaders) === 0) return HTTP2_ERROR.none;
		this.#begun = undefined;
		return this.#decode(stream, begun.ends, Buffer.concat(begun.pieces), 0, begun.bytes);
	}

	#decode(stream: number, ends: boolean, bytes: Buffer, from: number, to: number): number {
		this.head.clear();
		try {
			this.#decoder.decode(bytes, from, to, this.head);
		} catch (error) {
			if (error instanceof HpackError) return HTTP2_ERROR.compression;
			throw error;
		}
		this.#whole(stream, ends);
		return HTTP2_ERROR.none;
	}
}
