import { type Http2Frame, Http2FrameReader } from "./http2-frame-reader.ts";

/** GOAWAY, as the server said it last. */
export interface Goaway {
	/** Streams above this one were not processed. */
	readonly lastStream: number;
	readonly code: number;
}

const prefaceBytes = 24;
const frameTypes = { data: 0, headers: 1, rstStream: 3, goaway: 7, continuation: 9 };
const endStream = 1;
const endHeaders = 4;

/**
 * What an HTTP/2 client and its server really told each other. `node:http2` doesn't: an answer that RST_STREAM(NO_ERROR)
 * breaks off ends there like a whole one, and GOAWAY, REFUSED_STREAM and the end of the connection share their codes.
 */
export class Http2Wire {
	readonly #onGoaway: () => void;
	readonly #received: Http2FrameReader = new Http2FrameReader((frame) => this.#take(frame));
	readonly #sent: Http2FrameReader = new Http2FrameReader(({ type, stream }) => {
		if (type === frameTypes.headers) this.#requests.add(stream);
	}, prefaceBytes);
	readonly #requests = new Set<number>();
	readonly #ends = new Set<number>();
	readonly #resets = new Map<number, number>();
	#endsWithItsHead: number | undefined;
	#goaway: Goaway | undefined;

	/** `onGoaway` is called for the first one. */
	constructor(onGoaway: () => void) {
		this.#onGoaway = onGoaway;
	}

	get goaway(): Goaway | undefined {
		return this.#goaway;
	}

	/** Takes bytes that the server is about to be sent. */
	sent(bytes: Buffer): void {
		this.#sent.read(bytes);
	}

	/** Takes bytes that the client is about to read. */
	received(bytes: Buffer): void {
		this.#received.read(bytes);
	}

	/** Reports whether the request's head was sent. */
	isSent(stream: number): boolean {
		return this.#requests.has(stream);
	}

	/** Reports whether the whole answer was received, up to END_STREAM. */
	isWhole(stream: number): boolean {
		return this.#ends.has(stream);
	}

	/** The code with which the server reset the stream, if it did. */
	resetCode(stream: number): number | undefined {
		return this.#resets.get(stream);
	}

	/** Forgets a stream that has an outcome. */
	forget(stream: number): void {
		this.#requests.delete(stream);
		this.#ends.delete(stream);
		this.#resets.delete(stream);
	}

	#take({ type, flags, stream, start }: Http2Frame): void {
		const isEnd = (flags & endStream) !== 0;
		const isWholeHead = (flags & endHeaders) !== 0;
		if (type === frameTypes.data && isEnd) this.#end(stream);
		else if (type === frameTypes.headers && isEnd) {
			if (isWholeHead) this.#end(stream);
			else this.#endsWithItsHead = stream;
		} else if (type === frameTypes.continuation && isWholeHead) {
			if (this.#endsWithItsHead === stream) this.#end(stream);
		} else if (type === frameTypes.rstStream && start.length >= 4) {
			if (this.#requests.has(stream)) this.#resets.set(stream, start.readUInt32BE(0));
		} else if (type === frameTypes.goaway && start.length >= 8) {
			const isFirst = this.#goaway === undefined;
			this.#goaway = { lastStream: start.readUInt32BE(0) & 0x7fffffff, code: start.readUInt32BE(4) };
			if (isFirst) this.#onGoaway();
		}
	}

	#end(stream: number): void {
		if (this.#requests.has(stream)) this.#ends.add(stream);
	}
}
