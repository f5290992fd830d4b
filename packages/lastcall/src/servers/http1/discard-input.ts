import type { EventEmitter } from "node:events";
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";

/**
 * The events that Node.js must not get. At `end`, the FIN of the client, it would take a request whose rest was dropped for a parse error
 * (`parser.finish()`), and destroy the connection with the responses on it. The connection closes when both sides have ended.
 */
const DROPPED: ReadonlySet<string | symbol> = new Set(["data", "end"]);

/**
 * From now on, what arrives on an HTTP/1.1 connection is read and dropped. Node.js's parser would go on, and keep each request
 * that it finds after the last response until the connection is closed. Not to read at all would be worse: closing a connection
 * with bytes unread resets it, which destroys the response on its way.
 *
 * The trick: the parser reads from the handle below the socket, until the socket has a listener for `data` (`unconsume` in
 * `lib/_http_server.js`). Then it gets the same bytes from `data` events, which the shadowed `emit` drops.
 */
export function discardInput(socket: Socket): void {
	const emitter: EventEmitter = socket;
	const { emit } = emitter;
	socket.on("data", () => {});
	emitter.emit = (event: string | symbol, ...args: unknown[]): boolean =>
		!DROPPED.has(event) && emit.call(socket, event, ...args);
}

/** Node.js reads the rest of a body only if the program has not begun to. This reads it if the program has stopped. */
export function readRest(request: IncomingMessage): void {
	const isListening = request.listenerCount("data") + request.listenerCount("readable") > 0;
	if (!request.complete && !isListening) request.resume();
}
