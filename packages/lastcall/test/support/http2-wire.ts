import { connect, type Socket } from "node:net";

/** One frame as it came. */
export interface Frame {
	readonly type: "DATA" | "HEADERS" | "RST_STREAM" | "PING" | "GOAWAY" | "other";
	readonly stream: number;
	readonly flags: number;
	readonly payload: Buffer;
}

const TYPES: Record<number, Frame["type"]> = { 0: "DATA", 1: "HEADERS", 3: "RST_STREAM", 6: "PING", 7: "GOAWAY" };
const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const END_STREAM = 1;
const END_HEADERS = 4;

/** An HTTP/2 client that sends only what the test wants: it may ignore what every library obeys. */
export class WireClient {
	readonly socket: Socket;
	readonly frames: Frame[] = [];
	/** Resolves to the code of the error that the connection ended with. */
	readonly closed: Promise<string | undefined>;
	/** Called with every frame in turn. */
	onFrame: (received: Frame) => void = () => {};
	/** The server has closed its side. */
	isEnded = false;
	#bytes: Buffer = Buffer.alloc(0);

	/**
	 * Sends the preface with its settings.
	 * @param to a port to connect to, or a socket that is connected
	 */
	constructor(to: number | Socket) {
		this.socket = typeof to === "number" ? connect({ port: to, host: "127.0.0.1", allowHalfOpen: true }) : to;
		let error: string | undefined;
		this.socket.on("error", ({ code }: NodeJS.ErrnoException) => {
			error = code;
		});
		this.socket.on("end", () => {
			this.isEnded = true;
		});
		this.closed = new Promise((resolve) => this.socket.on("close", () => resolve(error)));
		this.socket.on("data", (bytes: Buffer) => this.#read(bytes));
		this.socket.write(PREFACE);
		this.socket.write(frame(4, 0, 0, Buffer.alloc(0)));
	}

	/** The preface, the settings and a GET, which a client may send before it has got anything from the server. */
	static hello(path: string, accept?: string): Buffer {
		return Buffer.concat([Buffer.from(PREFACE), frame(4, 0, 0, Buffer.alloc(0)), WireClient.get(1, path, accept)]);
	}

	/** Lets the server send as much as it likes: SETTINGS with the widest window for each stream, and WINDOW_UPDATE for all. */
	static wideWindow(): Buffer {
		const widest = 2 ** 31 - 1;
		const setting = Buffer.alloc(6);
		setting.writeUInt16BE(4, 0);
		setting.writeUInt32BE(widest, 2);
		const increment = Buffer.alloc(4);
		increment.writeUInt32BE(widest - 65_535, 0);
		return Buffer.concat([frame(4, 0, 0, setting), frame(8, 0, 0, increment)]);
	}

	/** The head of a GET that is yet to be continued: HEADERS without END_HEADERS. */
	static halfGet(stream: number, path: string): Buffer {
		const bytes = WireClient.get(stream, path);
		bytes.writeUInt8(END_STREAM, 4);
		return bytes;
	}

	/** One more header of a head that is yet to be continued: a frame of some 100 bytes. */
	static continuation(stream: number): Buffer {
		return frame(9, 0, stream, literal(0x00, "x-more", "x".repeat(100)));
	}

	/** The response to a PING. */
	static pong({ payload }: Frame): Buffer {
		return frame(6, 1, 0, payload);
	}

	/** Resets a stream. */
	static reset(stream: number, code: number): Buffer {
		const payload = Buffer.alloc(4);
		payload.writeUInt32BE(code);
		return frame(3, 0, stream, payload);
	}

	/** The HEADERS frame of a GET. */
	static get(stream: number, path: string, accept?: string): Buffer {
		// HPACK without its table: `:method GET`, `:scheme http`, `:path` and `:authority` written out (RFC 7541).
		const parts = [Buffer.from([0x82, 0x86]), literal(0x04, path), literal(0x01, "localhost")];
		// Its index is 19, which takes a second byte.
		if (accept !== undefined) parts.push(Buffer.from([0x0f]), literal(0x04, accept));
		const block = Buffer.concat(parts);
		return frame(1, END_STREAM | END_HEADERS, stream, block);
	}

	/** The content of the last GOAWAY. */
	get goaway(): { readonly lastStream: number; readonly code: number } | undefined {
		const last = this.frames.findLast(({ type }) => type === "GOAWAY")?.payload;
		return last && { lastStream: last.readUInt32BE(0), code: last.readUInt32BE(4) };
	}

	/** Returns true if the response on a stream is complete. */
	isAnswered(stream: number): boolean {
		return this.frames.some((f) => f.stream === stream && f.type !== "RST_STREAM" && (f.flags & END_STREAM) !== 0);
	}

	/** The code with which a stream was reset. */
	resetCode(stream: number): number | undefined {
		return this.frames.find((f) => f.stream === stream && f.type === "RST_STREAM")?.payload.readUInt32BE(0);
	}

	#read(bytes: Buffer): void {
		this.#bytes = Buffer.concat([this.#bytes, bytes]);
		for (;;) {
			if (this.#bytes.length < 9) return;
			const end = 9 + this.#bytes.readUIntBE(0, 3);
			if (this.#bytes.length < end) return;
			const type = TYPES[this.#bytes.readUInt8(3)] ?? "other";
			const flags = type === "DATA" || type === "HEADERS" ? this.#bytes.readUInt8(4) : 0;
			const received = { type, flags, stream: this.#bytes.readUInt32BE(5), payload: this.#bytes.subarray(9, end) };
			this.#bytes = this.#bytes.subarray(end);
			this.frames.push(received);
			this.onFrame(received);
		}
	}
}

/** A header written out, or one whose name has an index in the table (RFC 7541 section 6.2.2). */
function literal(index: number, ...texts: string[]): Buffer {
	const strings = texts.flatMap((text) => [Buffer.from([text.length]), Buffer.from(text)]);
	return Buffer.concat([Buffer.from([index]), ...strings]);
}

function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
	const head = Buffer.alloc(9);
	head.writeUIntBE(payload.length, 0, 3);
	head.writeUInt8(type, 3);
	head.writeUInt8(flags, 4);
	head.writeUInt32BE(stream, 5);
	return Buffer.concat([head, payload]);
}
