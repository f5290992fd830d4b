import type { Socket } from "node:net";
import type { Duplex } from "node:stream";

/** What this side of a connection shows about its peer. */
export interface ConnectionActivity {
	/** Bytes received so far. `undefined` where the kind of connection doesn't show it. */
	readonly received: number | undefined;
	/** Bytes that were written and that the kernel has not taken yet. */
	readonly unsent: number;
	/** True if this program has not read what has arrived, so that the silence may be its own. */
	readonly hasUnread: boolean;
	/** True if the peer has closed its side and this program has not closed its own, or if the connection has ended. */
	readonly isOursToEnd: boolean;
}

interface HandleOwner {
	readonly writableLength?: number;
	readonly _handle?: { readonly writeQueueSize?: unknown } | null;
}

/** Reads the activity of a socket, or of another stream that stands for a connection and may lack any of it. */
export function readActivity(socket: Duplex): ConnectionActivity {
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
		unsent: unsentBytes(socket),
		hasUnread: readableLength > 0 || isPaused?.call(socket) === true,
		isOursToEnd: destroyed === true || (readableEnded === true && writableEnded === false),
	};
}

/**
 * Returns how many bytes of a stream the kernel has not taken yet. `writableLength` counts a chunk until all of it is sent, so
 * that a slow reader of one large chunk would look like one that reads nothing. libuv's count goes down with each byte. It is
 * not documented (`_handle.writeQueueSize`). Without it, a reader counts as stuck if it takes no whole chunk in the time that
 * it has.
 */
export function unsentBytes(socket: Duplex): number {
	const { _handle: handle, writableLength = 0 } = socket as HandleOwner;
	const queued = handle?.writeQueueSize;
	return writableLength + (typeof queued === "number" ? queued : 0);
}
