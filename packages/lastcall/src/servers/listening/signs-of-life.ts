import type { Socket } from "node:net";
import type { Duplex } from "node:stream";

/** What can be seen of a connection from this side of it. */
export interface SignsOfLife {
	/** Bytes received so far. `undefined` where the kind of connection doesn't say. */
	readonly received: number | undefined;
	/** Bytes that were written and that the kernel has not taken yet. */
	readonly waiting: number;
	/** True if this program has not read what has arrived, so that the silence may be its own. */
	readonly isUnread: boolean;
	/** True if the peer has closed its side and this program has not closed its own, or if the connection has ended. */
	readonly isOurs: boolean;
}

interface HandleOwner {
	readonly writableLength?: number;
	readonly _handle?: { readonly writeQueueSize?: unknown } | null;
}

/** The signs of life of a socket, or of another stream that a connection is seen as, which may lack any of them. */
export function signsOfLife(socket: Duplex): SignsOfLife {
	const {
		bytesRead,
		isPaused,
		readableLength = 0,
		writableEnded,
		readableEnded,
		destroyed,
	} = socket as Partial<Socket>;
	return {
		received: typeof bytesRead === "number" ? bytesRead : undefined,
		waiting: bytesWaiting(socket),
		isUnread: readableLength > 0 || isPaused?.call(socket) === true,
		isOurs: destroyed === true || (readableEnded === true && writableEnded === false),
	};
}

/**
 * How many bytes of a stream the kernel has not taken yet. `writableLength` counts a chunk until all of it is out, so that a
 * slow reader of one large chunk would look like one that reads nothing. libuv's count goes down with each byte. It is not
 * documented. Without it, a reader is taken to be stuck if it takes no whole chunk in the time that it has.
 */
export function bytesWaiting(socket: Duplex): number {
	const { _handle: handle, writableLength = 0 } = socket as HandleOwner;
	const queued = handle?.writeQueueSize;
	return writableLength + (typeof queued === "number" ? queued : 0);
}
