import type { Socket } from "node:net";

const conditions = new WeakMap<Socket, () => boolean>();

/**
 * Keeps an HTTP/1.1 connection open while draining for as long as `isNeeded` returns true: something in flight that is no
 * request of its own will be sent on it. A second call replaces the first.
 */
export function keepOpenWhile(socket: Socket, isNeeded: () => boolean): void {
	conditions.set(socket, isNeeded);
}

/** Returns true if the connection must not be ended between two requests now. */
export function isKeptOpen(socket: Socket): boolean {
	return conditions.get(socket)?.() ?? false;
}
