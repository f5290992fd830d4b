import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { errorCode } from "./error-code.ts";
import { isSelfConnected } from "./is-self-connected.ts";
import { type Origin, socketOpener } from "./open-socket.ts";

/** What a raw socket reports. After `closed`, which comes exactly once, nothing follows. */
export interface RawSocketListener {
	/** Connected; over TLS, the handshake is done. */
	opened(): void;
	/** Bytes arrived; they are only valid during the call. Returns whether to go on reading. */
	received(bytes: Buffer, length: number): boolean;
	/** A write failed. Reading goes on: an answer may be in the receive buffer. */
	writeFailed(code: string): void;
	/**
	 * FIN, or what Node takes for one: `isReset` looks it up, as long as this side has not sent its own. All that was
	 * received has been reported.
	 */
	ended(isReset: () => boolean): void;
	closed(error?: string): void;
}

/** Options of one raw socket. */
interface RawSocketOptions {
	/** At most this many bytes are read at a time. */
	readonly readBytes?: number;
	/** Until the connection, with TLS the handshake, is given up with `ETIMEDOUT`. */
	readonly connectTimeoutMs: number;
}

/** Opens one socket to the target it was made for. */
export type OpenRawSocket = (listener: RawSocketListener, options: RawSocketOptions) => Socket;

const readBytesDefault = 65_536;

// One buffer serves all plain sockets: libuv fills it and the parser empties it within one call. Over TLS a write may
// decrypt more, so that each socket has its own there.
const sharedReadBuffer = Buffer.allocUnsafeSlow(readBytesDefault);

/** Makes the function that opens sockets to `target`. Throws what `tls.createSecureContext` throws for a bad `ca`. */
export function rawSocketOpener(origin: Origin, protocol: "http/1.1" | "h2" = "http/1.1"): OpenRawSocket {
	const openSocket = socketOpener(origin, protocol);
	const isTls = origin.tls !== undefined;
	return (listener, { readBytes, connectTimeoutMs }) => {
		const own = isTls || readBytes !== undefined;
		const buffer = own ? Buffer.allocUnsafeSlow(readBytes ?? readBytesDefault) : sharedReadBuffer;
		// Unlike 'data' events, nothing is ever in a stream's buffer when an error destroys the stream.
		const socket = openSocket({ onread: { buffer, callback: (length) => listener.received(buffer, length) } });
		// Before the others, so that nobody takes it for open.
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
	// After a FIN the kernel still knows the peer (CLOSE_WAIT), after a reset it does not. Node asks it only once.
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
		socket.destroy(Object.assign(new Error("Nobody listens there."), { code: "ECONNREFUSED" }));
	});
}

/** A server that knows nothing of ALPN goes on in HTTP/1.1. */
function refuseUnlessAgreed(socket: TLSSocket): void {
	socket.once("secureConnect", () => {
		if (socket.alpnProtocol === "h2") return;
		socket.destroy(Object.assign(new Error("The server does not speak h2."), { code: "ERR_HTTP2_NOT_AGREED" }));
	});
}

/**
 * Node destroys a socket whose write failed, and with it an answer that waits in the kernel's receive buffer. So the
 * stream is told that the write went well: what comes next is read like anything else.
 */
function reportWriteErrors(socket: Socket, failed: (code: string) => void): void {
	const { _write: write, _writev: writev } = socket;
	const tell = (callback: (error?: Error | null) => void) => (error?: Error | null) => {
		if (error) failed(errorCode(error));
		callback();
	};
	socket._write = (chunk, encoding, callback) => write.call(socket, chunk, encoding, tell(callback));
	if (writev) socket._writev = (chunks, callback) => writev.call(socket, chunks, tell(callback));
}
