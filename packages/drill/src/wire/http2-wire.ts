import { type Http2Frame, Http2FrameReader } from "./http2-frame-reader.ts";

/** The last GOAWAY that the server sent. */
export interface Goaway {
	/** The server did not process streams above this one. */
	readonly lastStream: number;
	readonly code: number;
}

const PREFACE_BYTES = 24;
const FRAME_TYPES = { data: 0, headers: 1, rstStream: 3, goaway: 7, continuation: 9 };
const END_STREAM = 1;
const END_HEADERS = 4;

/**
 * The frames that an HTTP/2 client and its server have sent each other. The events of `node:http2` don't say enough: a response
 * that RST_STREAM(NO_ERROR) cuts ends like a complete one, and GOAWAY, REFUSED_STREAM and the end of the connection share
 * their codes.
 */
export class Http2Wire {
	readonly #onGoaway: () => void;
	readonly #received: Http2FrameReader = new Http2FrameReader((frame) => this.#take(frame));
	readonly #sent: Http2FrameReader = new Http2FrameReader(({ type, stream }) => {
		if (type === FRAME_TYPES.headers) this.#requests.add(stream);
	}, PREFACE_BYTES);
	readonly #requests = new Set<number>();
	readonly #ends = new Set<number>();
	readonly #resets = new Map<number, number>();
	#endsWithItsHead: number | undefined;
	#goaway: Goaway | undefined;

	/** @param onGoaway called for the first GOAWAY */
	constructor(onGoaway: () => void) {
		this.#onGoaway = onGoaway;
	}

	get goaway(): Goaway | undefined {
		return this.#goaway;
	}

	/** Takes bytes that are about to be written. */
	sent(bytes: Buffer): void {
		this.#sent.read(bytes);
	}

	/** Takes bytes that are about to be read. */
	received(bytes: Buffer): void {
		this.#received.read(bytes);
	}

	/** Returns true if the request's head was sent. */
	isSent(stream: number): boolean {
		return this.#requests.has(stream);
	}

	/** Returns true if the complete response was received, up to END_STREAM. */
	isWhole(stream: number): boolean {
		return this.#ends.has(stream);
	}

	/** Returns the code with which the server reset the stream; undefined if it did not. */
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
		const isEnd = (flags & END_STREAM) !== 0;
		const isWholeHead = (flags & END_HEADERS) !== 0;
		if (type === FRAME_TYPES.data && isEnd) this.#end(stream);
		else if (type === FRAME_TYPES.headers && isEnd) {
			if (isWholeHead) this.#end(stream);
			else this.#endsWithItsHead = stream;
		} else if (type === FRAME_TYPES.continuation && isWholeHead) {
			if (this.#endsWithItsHead === stream) this.#end(stream);
		} else if (type === FRAME_TYPES.rstStream && start.length >= 4) {
			if (this.#requests.has(stream)) this.#resets.set(stream, start.readUInt32BE(0));
		} else if (type === FRAME_TYPES.goaway && start.length >= 8) {
			const isFirst = this.#goaway === undefined;
			this.#goaway = { lastStream: start.readUInt32BE(0) & 0x7fffffff, code: start.readUInt32BE(4) };
			if (isFirst) this.#onGoaway();
		}
	}

	#end(stream: number): void {
		if (this.#requests.has(stream)) this.#ends.add(stream);
	}
}
