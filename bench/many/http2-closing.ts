import type { Socket } from "node:net";
import { FLAG, frame, HEAD_BYTES, PREFACE, request, TYPE } from "../http2/raw-frames.ts";

/** The preface of a client and one request. */
export const HTTP2_REQUEST: Buffer = Buffer.concat([PREFACE, request(1)]);

/**
 * The client's side of an idle HTTP/2 connection, in as little as that takes: thousands of sessions of `node:http2` would keep this process
 * busier than the server that is measured.
 */
export class Http2Closing {
	readonly #socket: Socket;
	#rest = Buffer.alloc(0);
	/** True after a GOAWAY without an error that names the one request. */
	isRight = false;

	constructor(socket: Socket) {
		this.#socket = socket;
		socket.write(frame(TYPE.settings, FLAG.ack, 0));
	}

	received(bytes: Buffer): void {
		this.#rest = Buffer.concat([this.#rest, bytes]);
		while (this.#rest.length >= HEAD_BYTES) {
			const end = HEAD_BYTES + this.#rest.readUIntBE(0, 3);
			if (this.#rest.length < end) return;
			this.#frame(this.#rest.readUInt8(3), this.#rest.readUInt8(4), this.#rest.subarray(HEAD_BYTES, end));
			this.#rest = this.#rest.subarray(end);
		}
	}

	#frame(type: number, flags: number, payload: Buffer): void {
		if (type === TYPE.ping && flags !== FLAG.ack) this.#socket.write(frame(TYPE.ping, FLAG.ack, 0, payload));
		if (type === TYPE.goaway) this.isRight = payload.readUInt32BE(0) === 1 && payload.readUInt32BE(4) === 0;
	}
}
