/** A frame, once the whole of it has passed. */
export interface Http2Frame {
	readonly type: number;
	readonly flags: number;
	readonly stream: number;
	/** The first 8 bytes of its payload: all of RST_STREAM, and of GOAWAY what matters. */
	readonly start: Buffer;
}

const headBytes = 9;
const startBytes = 8;

/** Reads the frames of one direction of an HTTP/2 connection as its bytes pass by, in pieces of any size. */
export class Http2FrameReader {
	readonly #listener: (frame: Http2Frame) => void;
	readonly #kept = Buffer.alloc(headBytes + startBytes);
	#skip: number;
	#keptBytes = 0;
	#payloadLeft = 0;

	/** `skip`: how many bytes come before the first frame. */
	constructor(listener: (frame: Http2Frame) => void, skip = 0) {
		this.#listener = listener;
		this.#skip = skip;
	}

	read(bytes: Buffer): void {
		let at = Math.min(this.#skip, bytes.length);
		this.#skip -= at;
		while (at < bytes.length) {
			if (this.#keptBytes < headBytes) at += this.#keep(bytes, at, headBytes);
			else at += this.#payload(bytes, at);
			if (this.#keptBytes < headBytes || this.#payloadLeft > 0) continue;
			this.#listener({
				type: this.#kept.readUInt8(3),
				flags: this.#kept.readUInt8(4),
				stream: this.#kept.readUInt32BE(5) & 0x7fffffff,
				start: this.#kept.subarray(headBytes, this.#keptBytes),
			});
			this.#keptBytes = 0;
		}
	}

	#keep(bytes: Buffer, at: number, limit: number): number {
		const taken = bytes.copy(this.#kept, this.#keptBytes, at, at + limit - this.#keptBytes);
		this.#keptBytes += taken;
		if (this.#keptBytes === headBytes) this.#payloadLeft = this.#kept.readUIntBE(0, 3);
		return taken;
	}

	#payload(bytes: Buffer, at: number): number {
		const taken = Math.min(this.#payloadLeft, bytes.length - at);
		const keeps = Math.min(taken, headBytes + startBytes - this.#keptBytes);
		bytes.copy(this.#kept, this.#keptBytes, at, at + keeps);
		this.#keptBytes += keeps;
		this.#payloadLeft -= taken;
		return taken;
	}
}
