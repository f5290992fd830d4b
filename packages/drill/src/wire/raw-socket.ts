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

/** What the functions below need, as they serve all sockets: a closure for each event of each socket would cost more than parsing. */
interface Watched {
	/** Does nothing once the socket has closed. */
	listener: RawSocketListener;
	readonly port: number;
	/** Must have been agreed on by then. */
	readonly alpn: string | undefined;
	readonly timer: NodeJS.Timeout;
	readonly write: Socket["_write"];
	readonly writev: Socket["_writev"];
	failure: string | undefined;
}

const WATCHED = Symbol("watched");
type WatchedSocket = Socket & { [WATCHED]: Watched };

const READ_BYTES = 65_536;

// One buffer serves all plain sockets: libuv fills it and the parser empties it within one call. Over TLS a write may decrypt
// more within that call, so each socket has its own.
const SHARED_READ_BUFFER = Buffer.allocUnsafeSlow(READ_BYTES);

const NO_LISTENER: RawSocketListener = {
	opened: () => {},
	received: () => false,
	writeFailed: () => {},
	ended: () => {},
	closed: () => {},
};

/** Returns the function that opens sockets to `origin`. Throws what `tls.createSecureContext` throws for a bad `ca`. */
export function rawSocketOpener(origin: Origin, protocol: "http/1.1" | "h2" = "http/1.1"): OpenRawSocket {
	const openSocket = socketOpener(origin, protocol);
	const isTls = origin.tls !== undefined;
	const alpn = isTls && protocol === "h2" ? protocol : undefined;
	return (listener, { readBytes, connectTimeoutMs }) => {
		const own = isTls || readBytes !== undefined;
		const buffer = own ? Buffer.allocUnsafeSlow(readBytes ?? READ_BYTES) : SHARED_READ_BUFFER;
		// Unlike 'data' events, nothing is ever in a stream's buffer when an error destroys the stream.
		const socket = openSocket({
			buffer,
			callback: (length) => watched.listener.received(buffer, length),
		}) as WatchedSocket;
		const timer = setTimeout(timeOut, connectTimeoutMs, socket);
		const { _write: write, _writev: writev } = socket;
		const watched: Watched = { listener, port: origin.port, alpn, timer, write, writev, failure: undefined };
		socket[WATCHED] = watched;
		socket._write = reportingWrite;
		if (writev) socket._writev = reportingWritev;
		socket.on("connect", isTls ? refuseItself : open);
		if (isTls) socket.on("secureConnect", openSecure);
		socket.on("end", end);
		socket.on("error", fail);
		socket.on("close", close);
		return socket;
	};
}

function timeOut(socket: WatchedSocket): void {
	socket[WATCHED].failure = "ETIMEDOUT";
	socket.destroy();
}

function refuseItself(this: WatchedSocket): void {
	if (!isSelfConnected(this, this[WATCHED].port)) return;
	this.destroy(Object.assign(new Error("The socket was connected to itself."), { code: "ECONNREFUSED" }));
}

function open(this: WatchedSocket): void {
	refuseItself.call(this);
	clearTimeout(this[WATCHED].timer);
	if (!this.destroyed) this[WATCHED].listener.opened();
}

function openSecure(this: WatchedSocket): void {
	const { alpn, timer, listener } = this[WATCHED];
	// A server that does not support ALPN goes on in HTTP/1.1.
	if (alpn !== undefined && (this as Socket as TLSSocket).alpnProtocol !== alpn)
		this.destroy(Object.assign(new Error(`The server does not speak ${alpn}.`), { code: "ERR_HTTP2_NOT_AGREED" }));
	clearTimeout(timer);
	if (!this.destroyed) listener.opened();
}

function end(this: WatchedSocket): void {
	// After a FIN the kernel still knows the peer (CLOSE_WAIT), after a reset it does not. Node.js asks it only once.
	this[WATCHED].listener.ended(() => this.remoteAddress === undefined);
}

function fail(this: WatchedSocket, error: Error): void {
	this[WATCHED].failure ??= errorCode(error);
}

function close(this: WatchedSocket): void {
	const watched = this[WATCHED];
	clearTimeout(watched.timer);
	const { listener } = watched;
	// V8 keeps a closed socket until the next full collection, and would copy all that it refers to.
	watched.listener = NO_LISTENER;
	listener.closed(watched.failure);
}

/**
 * Node.js destroys a socket whose write failed, and with it a response that waits in the kernel's receive buffer. So the
 * stream gets no error for a failed write: reading goes on.
 */
function reportingWrite(this: WatchedSocket, ...[chunk, encoding, callback]: Parameters<Socket["_write"]>): void {
	const watched = this[WATCHED];
	watched.write.call(this, chunk, encoding, hideError(watched, callback));
}

function reportingWritev(this: WatchedSocket, ...[chunks, callback]: Parameters<NonNullable<Socket["_writev"]>>): void {
	const watched = this[WATCHED];
	watched.writev?.call(this, chunks, hideError(watched, callback));
}

function hideError(watched: Watched, callback: (error?: Error | null) => void): (error?: Error | null) => void {
	return (error) => {
		if (error) watched.listener.writeFailed(errorCode(error));
		callback();
	};
}
