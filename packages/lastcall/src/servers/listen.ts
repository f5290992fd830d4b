import type { ListenOptions, Server } from "node:net";
import { isHttpServer } from "./http1/http-server.ts";
import { isHttp2Server } from "./http2/http2-server.ts";

/**
 * Listens, and resolves once connections are accepted.
 * @throws the server's own error, with the name put before its message
 */
export function listen(name: string, server: Server, where: ListenOptions | number): Promise<void> {
	return new Promise((resolve, reject) => {
		const settle = (): void => {
			server.removeListener("error", failed);
			server.removeListener("listening", listening);
		};
		const failed = (error: Error): void => {
			settle();
			error.message = `"${name}": ${error.message}`;
			reject(error);
		};
		const listening = (): void => {
			settle();
			resolve();
		};
		server.once("error", failed);
		server.once("listening", listening);
		try {
			server.listen(where);
		} catch (error) {
			failed(error as Error);
		}
	});
}

/** Where a server listens, as a client would write it. */
export function describeAddress(server: Server): string {
	const scheme = schemeOf(server);
	const address = server.address();
	if (address === null || typeof address === "string") return String(address);
	const host = address.family === "IPv6" ? `[${address.address}]` : address.address;
	return `${scheme}://${host}:${address.port}`;
}

function schemeOf(server: Server): string {
	const isSecure = "setSecureContext" in server;
	if (isHttpServer(server) || isHttp2Server(server)) return isSecure ? "https" : "http";
	return isSecure ? "tls" : "tcp";
}
