import type { Socket } from "node:net";

/**
 * Makes the end of an HTTP/1.1 connection a half-close: FIN is sent, and input is read until the client has closed its side.
 *
 * The trick: Node.js ends a connection after its last response by `socket.destroySoon()` (`resOnFinish` in
 * `lib/_http_server.js`), which is shadowed on this one socket. Node.js's own would close the socket once the response is
 * written. If the body of a request is unread then, or one more request is on the wire, the kernel sends a reset, which
 * destroys the response on its way.
 * @param onEnd called when Node.js ends the connection
 */
export function halfCloseAfterLast(socket: Socket, onEnd: () => void): void {
	socket.destroySoon = () => {
		onEnd();
		socket.end();
	};
}
