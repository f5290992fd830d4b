/** A frame that has passed completely. */
export interface Http2Frame {
	readonly type: number;
	readonly flags: number;
	readonly stream: number;
	/** The first 8 bytes of its payload, valid during the call: all of RST_STREAM, and the fields of GOAWAY. */
	readonly start: Buffer;
}

const HEAD_BYTES = 9;
const START_BYTES = 8;

/** Reads the frames of one direction of an HTTP/2 connection as its bytes pass by, in pieces of any size. */
export class Http2FrameReader {
	readonly #listener: (frame: Http2Frame) => void;
	readonly #kept = Buffer.alloc(HEAD_BYTES + START_BYTES);
	#skip: number;
	#keptBytes = 0;
	#payloadLeft = 0;

	/** @param skip how many bytes come before the first frame */
	constructor(listener: (frame: Http2Frame) => void, skip = 0) {
		this.#listener = listener;
		this.#skip = skip;
	}

	read(bytes: Buffer): void {
		let at = Math.min(this.#skip, bytes.length);
		this.#skip -= at;
		while (at < bytes.length) {
			if (this.#keptBytes < HEAD_BYTES) at += this.#keep(bytes, at, HEAD_BYTES);
			else at += this.#payload(bytes, at);
			if (this.#keptBytes < HEAD_BYTES || this.#payloadLeft > 0) continue;
			this.#listener({
				type: this.#kept.readUInt8(3),
				flags: this.#kept.readUInt8(4),
				stream: this.#kept.readUInt32BE(5) & 0x7fffffff,
				start: this.#kept.subarray(HEAD_BYTES, this.#keptBytes),
			});
			this.#keptBytes = 0;
		}
	}

	#keep(bytes: Buffer, at: number, limit: number): number {
		const taken = bytes.copy(this.#kept, this.#keptBytes, at, at + limit - this.#keptBytes);
		this.#keptBytes += taken;
		if (this.#keptBytes === HEAD_BYTES) this.#payloadLeft = this.#kept.readUIntBE(0, 3);
		return taken;
	}

	#payload(bytes: Buffer, at: number): number {
		const taken = Math.min(this.#payloadLeft, bytes.length - at);
		const keeps = Math.min(taken, HEAD_BYTES + START_BYTES - this.#keptBytes);
		bytes.copy(this.#kept, this.#keptBytes, at, at + keeps);
		this.#keptBytes += keeps;
		this.#payloadLeft -= taken;
		return taken;
	}
}
