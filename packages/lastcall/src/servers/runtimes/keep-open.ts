import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";

/**
 * Keeps a connection open behind an answer whose head has said keep-alive. Node.js does by itself; Deno destroys the
 * connection in the answer's `finish` as soon as its server doesn't listen any more, with the next request on the wire.
 */
export function keepOpen(socket: Socket, response: ServerResponse): void {
	if (!("Deno" in globalThis)) return;
	response.prependOnceListener("finish", () => {
		const { destroy } = socket;
		socket.destroy = () => socket;
		process.nextTick(() => {
			socket.destroy = destroy;
		});
	});
}
