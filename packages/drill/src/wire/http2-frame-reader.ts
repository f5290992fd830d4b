import { HEAD_BYTES, MOST_PAYLOAD_BYTES } from "./http2-frames.ts";

/** A frame that has arrived completely. It is valid during the call that reports it. */
export interface Http2Frame {
	readonly type: number;
	readonly flags: number;
	readonly stream: number;
	/** Its payload is that of `bytes` between `from` and `to`. */
	readonly bytes: Buffer;
	readonly from: number;
	readonly to: number;
}

/** Reads the frames that a server sends, from pieces of any size. */
export class Http2FrameReader {
	readonly #listener: (frame: Http2Frame) => boolean;
	/** The beginning of a frame whose rest has not arrived. */
	readonly #kept = Buffer.allocUnsafeSlow(HEAD_BYTES + MOST_PAYLOAD_BYTES);
	#keptBytes = 0;

	/** @param listener returns false if no other frame matters */
	constructor(listener: (frame: Http2Frame) => boolean) {
		this.#listener = listener;
	}

	/** Takes the next `length` bytes. Returns false if a frame is larger than the client allows. */
	read(bytes: Buffer, length: number): boolean {
		let at = 0;
		while (this.#keptBytes > 0 && at < length) {
			const size = this.#keptBytes < HEAD_BYTES ? HEAD_BYTES : frameBytes(this.#kept, 0);
			const taken = Math.min(size - this.#keptBytes, length - at);
			bytes.copy(this.#kept, this.#keptBytes, at, at + taken);
			this.#keptBytes += taken;
			at += taken;
			if (this.#keptBytes < HEAD_BYTES) continue;
			if (frameBytes(this.#kept, 0) > this.#kept.length) return false;
			if (this.#keptBytes < frameBytes(this.#kept, 0)) continue;
			this.#keptBytes = 0;
			if (!this.#report(this.#kept, 0)) return true;
		}
		for (; length - at >= HEAD_BYTES; at += frameBytes(bytes, at)) {
			const size = frameBytes(bytes, at);
			if (size > this.#kept.length) return false;
			if (size > length - at) break;
			if (!this.#report(bytes, at)) return true;
		}
		if (at < length) this.#keptBytes += bytes.copy(this.#kept, this.#keptBytes, at, length);
		return true;
	}

	#report(bytes: Buffer, at: number): boolean {
		const from = at + HEAD_BYTES;
		return this.#listener({
			type: bytes[at + 3] as number,
			flags: bytes[at + 4] as number,
			stream: bytes.readUInt32BE(at + 5) & 0x7fffffff,
			bytes,
			from,
			to: at + frameBytes(bytes, at),
		});
	}
}

function frameBytes(bytes: Buffer, at: number): number {
	return HEAD_BYTES + bytes.readUIntBE(at, 3);
}
