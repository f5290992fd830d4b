import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { errorCode } from "./error-code.ts";
import { isSelfConnected } from "./is-self-connected.ts";
import { type Origin, socketOpener } from "./open-socket.ts";

/** What a raw socket reports. After `closed`, which comes exactly once, nothing follows. */
export interface RawSocketListener {
	/** Connected; over TLS, the handshake is done. */
	opened(): void;
	/** Bytes arrived. They are only valid during the call. Returns true to go on reading. */
	received(bytes: Buffer, length: number): boolean;
	/** A write failed. Reading goes on: a response may be in the receive buffer. */
	writeFailed(code: string): void;
	/**
	 * A FIN, or a reset that Node.js takes for one: `isReset` looks it up, as long as this side has not sent its own FIN. All
	 * received bytes have been reported.
	 */
	ended(isReset: () => boolean): void;
	closed(error?: string): void;
}

/** Options of one raw socket. */
interface RawSocketOptions {
	/** Reads at most this many bytes at a time. */
	readonly readBytes?: number;
	/** When the connection, with TLS the handshake, is given up with `ETIMEDOUT`. */
	readonly connectTimeoutMs: number;
}

/** Opens one socket to the origin that it was made for. */
export type OpenRawSocket = (listener: RawSocketListener, options: RawSocketOptions) => Socket;

const READ_BYTES = 65_536;

// One buffer serves all plain sockets: libuv fills it and the parser empties it within one call. Over TLS a write may decrypt
// more within that call, so each socket has its own.
const SHARED_READ_BUFFER = Buffer.allocUnsafeSlow(READ_BYTES);

/** Returns the function that opens sockets to `origin`. Throws what `tls.createSecureContext` throws for a bad `ca`. */
export function rawSocketOpener(origin: Origin, protocol: "http/1.1" | "h2" = "http/1.1"): OpenRawSocket {
	const openSocket = socketOpener(origin, protocol);
	const isTls = origin.tls !== undefined;
	return (listener, { readBytes, connectTimeoutMs }) => {
		const own = isTls || readBytes !== undefined;
		const buffer = own ? Buffer.allocUnsafeSlow(readBytes ?? READ_BYTES) : SHARED_READ_BUFFER;
		// Unlike 'data' events, nothing is ever in a stream's buffer when an error destroys the stream.
		const socket = openSocket({ onread: { buffer, callback: (length) => listener.received(buffer, length) } });
		// Before the other listeners, so that they find the socket destroyed.
		if (isTls && protocol === "h2") refuseUnlessAgreed(socket as TLSSocket);
		reportWriteErrors(socket, (code) => listener.writeFailed(code));
		refuseItself(socket, origin.port);
		report(socket, listener, isTls ? "secureConnect" : "connect", connectTimeoutMs);
		return socket;
	};
}

function report(socket: Socket, listener: RawSocketListener, openEvent: string, connectTimeoutMs: number): void {
	let failure: string | undefined;
	const timer = setTimeout(() => {
		failure = "ETIMEDOUT";
		socket.destroy();
	}, connectTimeoutMs);
	socket.once(openEvent, () => {
		clearTimeout(timer);
		if (!socket.destroyed) listener.opened();
	});
	// After a FIN the kernel still knows the peer (CLOSE_WAIT), after a reset it does not. Node.js asks it only once.
	socket.once("end", () => listener.ended(() => socket.remoteAddress === undefined));
	socket.once("error", (error) => {
		failure ??= errorCode(error);
	});
	socket.once("close", () => {
		clearTimeout(timer);
		listener.closed(failure);
	});
}

function refuseItself(socket: Socket, port: number): void {
	socket.once("connect", () => {
		if (!isSelfConnected(socket, port)) return;
		socket.destroy(Object.assign(new Error("The socket was connected to itself."), { code: "ECONNREFUSED" }));
	});
}

/** A server that does not support ALPN goes on in HTTP/1.1. */
function refuseUnlessAgreed(socket: TLSSocket): void {
	socket.once("secureConnect", () => {
		if (socket.alpnProtocol === "h2") return;
		socket.destroy(Object.assign(new Error("The server does not speak h2."), { code: "ERR_HTTP2_NOT_AGREED" }));
	});
}

/**
 * Node.js destroys a socket whose write failed, and with it a response that waits in the kernel's receive buffer. So the
 * stream gets no error for a failed write: reading goes on.
 */
function reportWriteErrors(socket: Socket, failed: (code: string) => void): void {
	const { _write: write, _writev: writev } = socket;
	const hide = (callback: (error?: Error | null) => void) => (error?: Error | null) => {
		if (error) failed(errorCode(error));
		callback();
	};
	socket._write = (chunk, encoding, callback) => write.call(socket, chunk, encoding, hide(callback));
	if (writev) socket._writev = (chunks, callback) => writev.call(socket, chunks, hide(callback));
}
