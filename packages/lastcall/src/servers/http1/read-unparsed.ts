import type { EventEmitter } from "node:events";
import type { Socket } from "node:net";

/**
 * From now on, what arrives at an HTTP/1.1 connection is read and dropped. Node.js's parser would go on, and keep each request
 * that it finds behind the last response until the connection is closed. Not to read at all would be worse: closing a connection
 * with bytes unread resets it, which destroys the response on its way.
 */
export function readUnparsed(socket: Socket): void {
	const emitter: EventEmitter = socket;
	const { emit } = emitter;
	// The parser reads from below the socket, unless something listens for its data.
	socket.on("data", () => {});
	emitter.emit = (event: string | symbol, ...args: unknown[]): boolean =>
		event !== "data" && emit.call(socket, event, ...args);
}
