import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";

/**
 * Keeps a connection open after a response with `Connection: keep-alive` in its head. Node.js does that by itself. Deno
 * destroys the connection in the `finish` of the response as soon as its server no longer listens, with the next request on the
 * wire.
 *
 * The trick: `destroy` does nothing on this one socket, for the rest of that tick. This is the one place that checks for a
 * runtime by name: nothing else shows this behavior before it happens.
 */
export function keepOpenOnDeno(socket: Socket, response: ServerResponse): void {
	if (!("Deno" in globalThis)) return;
	response.prependOnceListener("finish", () => {
		const { destroy } = socket;
		socket.destroy = () => socket;
		process.nextTick(() => {
			socket.destroy = destroy;
		});
	});
}
