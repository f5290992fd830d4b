import type { ListenOptions, Server } from "node:net";

/** The schemes of a server's address without and with TLS, as in `https://127.0.0.1:8443`. */
export type Schemes = readonly [plain: string, tls: string];

export const HTTP_SCHEMES: Schemes = ["http", "https"];
export const OWN_PROTOCOL_SCHEMES: Schemes = ["tcp", "tls"];

/**
 * Makes `server` listen. Resolves once it does, to its address as a client would write it.
 * @throws the server's own error, with the name put before its message
 */
export async function listen(
	name: string,
	server: Server,
	where: ListenOptions | number,
	[plain, tls]: Schemes,
): Promise<string> {
	await startListening(name, server, where);
	const address = server.address();
	if (address === null || typeof address === "string") return String(address);
	const scheme = "setSecureContext" in server ? tls : plain;
	const host = address.family === "IPv6" ? `[${address.address}]` : address.address;
	return `${scheme}://${host}:${address.port}`;
}

function startListening(name: string, server: Server, where: ListenOptions | number): Promise<void> {
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
