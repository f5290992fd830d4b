import type { Socket } from "node:net";
import { type TcpServer, tcpServer } from "./tcp-server.ts";

/** A request on a raw HTTP/2 server, whose head has arrived. */
export interface Http2Request {
	readonly socket: Socket;
	/** The connection's number on this server, from 0. */
	readonly connection: number;
	readonly stream: number;
	/** How many requests have arrived on the connection before. */
	readonly index: number;
}

function frame(type: number, flags: number, stream: number, payload: Buffer = Buffer.alloc(0)): Buffer {
	const head = Buffer.alloc(9);
	head.writeUIntBE(payload.length, 0, 3);
	head.writeUInt8(type, 3);
	head.writeUInt8(flags, 4);
	head.writeUInt32BE(stream, 5);
	return Buffer.concat([head, payload]);
}

function words(...numbers: number[]): Buffer {
	const bytes = Buffer.alloc(4 * numbers.length);
	for (const [index, number] of numbers.entries()) bytes.writeUInt32BE(number, 4 * index);
	return bytes;
}

/** Any frame. */
export const rawFrame: typeof frame = frame;

/** A header field that is neither compressed nor remembered. */
function field(name: string, value: string): Buffer {
	const text = (word: string) => Buffer.concat([Buffer.from([word.length]), Buffer.from(word)]);
	return Buffer.concat([Buffer.from([0]), text(name), text(value)]);
}

/** Frames as a server sends them. */
export const frames = {
	settings: (maxStreams?: number): Buffer =>
		frame(4, 0, 0, maxStreams === undefined ? undefined : Buffer.concat([Buffer.from([0, 3]), words(maxStreams)])),
	head: (stream: number, status = 200, { ends = false, whole = true, length = "" } = {}): Buffer =>
		frame(
			1,
			(ends ? 1 : 0) + (whole ? 4 : 0),
			stream,
			Buffer.concat([field(":status", String(status)), ...(length ? [field("content-length", length)] : [])]),
		),
	restOfHead: (stream: number): Buffer => frame(9, 4, stream, field("x-more", "1")),
	trailers: (stream: number): Buffer => frame(1, 5, stream, field("x-trailer", "1")),
	data: (stream: number, text: string, ends = false): Buffer => frame(0, ends ? 1 : 0, stream, Buffer.from(text)),
	reset: (stream: number, code: number): Buffer => frame(3, 0, stream, words(code)),
	goaway: (lastStream: number, code = 0): Buffer => frame(7, 0, 0, words(lastStream, code)),
};

/** A TCP server that knows just enough HTTP/2 to see each request's head, and leaves the rest to `act`. */
export function rawHttp2Server(
	act: (request: Http2Request) => void,
	settings: Buffer = frames.settings(),
	onFrame: (type: number, payload: Buffer) => void = () => {},
): Promise<TcpServer> {
	return tcpServer((socket, connection) => {
		let index = 0;
		let received = Buffer.alloc(0);
		let at = 24;
		socket.write(settings);
		socket.on("data", (bytes) => {
			received = Buffer.concat([received, bytes]);
			while (received.length >= at + 9 && received.length >= at + 9 + received.readUIntBE(at, 3)) {
				const [length, type, stream] = [received.readUIntBE(at, 3), received[at + 3], received.readUInt32BE(at + 5)];
				at += 9 + length;
				onFrame(type ?? 0, received.subarray(at - length, at));
				if (type === 1) act({ socket, connection, stream, index: index++ });
			}
		});
	});
}
