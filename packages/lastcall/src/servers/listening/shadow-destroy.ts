import type { Socket } from "node:net";

/** The `_destroy` of a socket. */
export type Destroy = Socket["_destroy"];

/**
 * Returns what is put in the place of `_destroy` of many sockets: it calls `destroying` first.
 *
 * The trick: Node.js calls `_destroy` once, when the socket is being destroyed. A listener for `close` takes the memory of an array for
 * each socket. Where Node.js adds and removes one for each request, it makes every request more expensive, too.
 */
export function shadowDestroy(destroying: (socket: Socket) => void): Destroy {
	return function (this: Socket, error, callback): void {
		destroying(this);
		(Object.getPrototypeOf(this) as Socket)._destroy.call(this, error, callback);
	};
}

/** Returns false where another service has a shadow on this socket or stream, or the program a `_destroy` of its own. */
export function canShadowDestroy(stream: object): boolean {
	return !Object.hasOwn(stream, "_destroy");
}
