import { type Server as HttpServer, Server as PlainServer } from "node:http";
import { Server as TlsServer } from "node:https";
import { Server as NetServer } from "node:net";
import { closeBesideSuccessor } from "./socket-file.ts";

/**
 * Closes the listening socket of a server and nothing else. HTTP's own `close()` would also kill the connections that it
 * takes for idle and stop enforcing `headersTimeout` and `requestTimeout`. The server's `close` comes when the last connection
 * has gone; what it still has to clear away then is `endServer`'s.
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

/** Closes the listening socket of a server, if it has one, by the server's own `close()`: what is open will be ended at once. */
export function closeNow(server: NetServer): void {
	if (server.listening) closeBesideSuccessor(server, () => server.close());
}

/** Ends a server that has neither listener nor connections any more, by http's own `close()`: it clears its interval. */
export function endServer(server: HttpServer, ended: () => void): void {
	if (isNetServer(server)) {
		const { close } = isTlsServer(server) ? TlsServer.prototype : PlainServer.prototype;
		close.call(server, ended);
		return;
	}
	// Bun calls nobody back who closes a server that is stopped already.
	server.close();
	ended();
	server.emit("close");
}

/** Reports whether connections of `server` begin with a TLS handshake that Node.js lets us see. */
export function isTlsServer(server: HttpServer): boolean {
	// Bun has one class for both, and hands out sockets whose handshake is done.
	return (TlsServer as unknown) !== PlainServer && server instanceof TlsServer;
}

/** Bun's are not, whatever their type says. */
function isNetServer(server: unknown): boolean {
	return server instanceof NetServer;
}

/** What Bun's `node:http` is made of: not documented, so it is known by what it can do. */
interface InnerServer {
	/** Closes the listener; resolves when the last connection has gone. */
	stop(closeConnections: boolean): Promise<void>;
}

function innerServer(server: NetServer): InnerServer | undefined {
	const values = Object.getOwnPropertySymbols(server).map((key) => (server as unknown as Record<symbol, unknown>)[key]);
	return values.find(
		(value): value is InnerServer =>
			typeof value === "object" && value !== null && "stop" in value && "closeIdleConnections" in value,
	);
}
