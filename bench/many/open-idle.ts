import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { HTTP2_REQUEST, Http2Closing } from "./http2-closing.ts";

/** Handshakes under way at a time: fewer than the backlog. */
const AT_A_TIME = 500;

/** A connection without a request in flight, or one whose response is an event stream without an end. */
export type ConnectionKind = "http" | "https" | "http2" | "ws" | "events";

export interface Client {
	/** Resolves to true if the client got its protocol's closing message. */
	readonly closed: Promise<boolean>;
}

/** Sees what the server sends after its first response. */
interface Closing {
	received(bytes: Buffer): void;
	/** True if it was what this protocol ends with. */
	readonly isRight: boolean;
}

const GET = "GET /fast HTTP/1.1\r\nHost: localhost\r\n";
const UPGRADE =
	"GET /room HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
	"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
/** A close frame without a code, masked. */
const EMPTY_CLOSE_FRAME = Buffer.from([0x88, 0x80, 0, 0, 0, 0]);

function expect(test: (received: string) => boolean, respond: (bytes: Buffer) => void = () => {}): Closing {
	let text = "";
	return {
		received(bytes) {
			text += bytes.toString("latin1");
			respond(bytes);
		},
		get isRight() {
			return test(text);
		},
	};
}

const KINDS: Readonly<
	Record<ConnectionKind, { readonly request: string | Buffer; readonly closing: (socket: Socket) => Closing }>
> = {
	http: { request: `${GET}\r\n`, closing: () => expect((received) => received === "") },
	https: { request: `${GET}\r\n`, closing: () => expect((received) => received === "") },
	http2: { request: HTTP2_REQUEST, closing: (socket) => new Http2Closing(socket) },
	ws: {
		request: UPGRADE,
		closing: (socket) =>
			expect(
				(received) => received.startsWith("\x88") && received.includes("\x03\xe9"),
				(bytes) => void (bytes[0] === 0x88 && socket.write(EMPTY_CLOSE_FRAME)),
			),
	},
	events: {
		request: `${GET}Accept: text/event-stream\r\n\r\n`,
		closing: () => expect((received) => received.endsWith("0\r\n\r\n")),
	},
};

/** Opens a connection, and resolves when it is idle. Each 10,000 connections have another local address, since ports are finite. */
async function open(kind: ConnectionKind, port: number, number: number): Promise<Client> {
	const { request, closing } = KINDS[kind];
	const localAddress = `127.0.0.${2 + Math.floor(number / 10_000)}`;
	const tcp = connect({ port, host: "127.0.0.1", localAddress });
	const socket = kind === "https" ? connectTls({ socket: tcp, rejectUnauthorized: false }) : tcp;
	socket.on("error", () => {});
	socket.write(request);
	await once(socket, "data");
	const seen = closing(socket);
	socket.on("data", (bytes: Buffer) => seen.received(bytes));
	const closed = new Promise<boolean>((resolve) => {
		socket.once("close", (hadError) => resolve(!hadError && seen.isRight));
	});
	return { closed };
}

/** Opens `count` idle connections. */
export async function openIdle(kind: ConnectionKind, port: number, count: number): Promise<Client[]> {
	const clients: Client[] = [];
	while (clients.length < count) {
		const numbers = Array.from({ length: Math.min(AT_A_TIME, count - clients.length) }, (_, i) => clients.length + i);
		clients.push(...(await Promise.all(numbers.map((number) => open(kind, port, number)))));
	}
	return clients;
}
