import { type Server as HttpServer, Server as PlainServer } from "node:http";
import { Server as TlsServer } from "node:https";
import { Server as NetServer } from "node:net";
import { mayBeTls } from "./may-be-tls.ts";
import { closeBesideSuccessor } from "./socket-file.ts";

/**
 * Closes the listening socket of a server and nothing else. HTTP's own `close()` would also destroy the connections that it
 * takes for idle, and stop enforcing `headersTimeout` and `requestTimeout`. The server emits `close` when the last connection
 * is closed; `endServer` does the rest of the clean-up then.
 */
export function closeListenerOnly(server: NetServer): void {
	if (isNetServer(server)) {
		closeBesideSuccessor(server, () => NetServer.prototype.close.call(server));
		return;
	}
	const inner = innerServer(server);
	if (inner === undefined) server.close();
	else void inner.stop(false).then(() => server.emit("close"));
}

/** Closes the listening socket of a server, if it has one, by the server's own `close()`. For the hard stop. */
export function closeServerNow(server: NetServer): void {
	if (server.listening) closeBesideSuccessor(server, () => server.close());
}

/** Ends a server that has neither a listener nor connections any more, by http's own `close()`, which clears an interval. */
export function endServer(server: HttpServer, ended: () => void): void {
	if (isNetServer(server)) {
		const { close } = isTlsServer(server) ? TlsServer.prototype : PlainServer.prototype;
		close.call(server, ended);
		return;
	}
	// Bun does not call back if the server is stopped already.
	server.close();
	ended();
	server.emit("close");
}

/** Returns true if connections of `server` begin with a TLS handshake that can be seen from outside. */
export function isTlsServer(server: HttpServer): boolean {
	// Bun has one class for both, and emits sockets whose handshake is done.
	return mayBeTls(server) && (TlsServer as unknown) !== PlainServer && server instanceof TlsServer;
}

/** Returns true for the servers of Node.js. The `node:http` servers of Bun are no `net.Server`, whatever their type says. */
function isNetServer(server: unknown): boolean {
	return server instanceof NetServer;
}

/** The `Bun.serve()` server inside a `node:http` server of Bun. Not documented, so it is found by these methods. */
interface InnerServer {
	/** Closes the listener. Resolves when the last connection is closed. */
	stop(closeConnections: boolean): Promise<void>;
}

function innerServer(server: NetServer): InnerServer | undefined {
	const values = Object.getOwnPropertySymbols(server).map((key) => (server as unknown as Record<symbol, unknown>)[key]);
	return values.find(
		(value): value is InnerServer =>
			typeof value === "object" && value !== null && "stop" in value && "closeIdleConnections" in value,
	);
}
