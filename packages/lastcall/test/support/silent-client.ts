import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { TestContext } from "node:test";
import { connect as connectTls } from "node:tls";
import type { Address } from "./place.ts";

type SilentClient = (Pick<Extract<Address, { port: number }>, "port"> | Extract<Address, { path: string }>) & {
	/** What it sends first. */
	readonly says: string | Buffer;
	/** Over TLS: the protocols that it offers. */
	readonly tls?: readonly string[];
};

/**
 * Connects, sends one request, and falls silent when the response begins to come: it reads nothing, sends nothing and never closes its
 * side, like a client that has lost its network.
 */
export async function goSilent(t: TestContext, { says, tls, ...address }: SilentClient): Promise<void> {
	// `allowHalfOpen` of TLS is missing in the types of Node 20.
	const where = {
		host: "127.0.0.1",
		...address,
		allowHalfOpen: true,
		servername: "localhost",
		rejectUnauthorized: false,
	};
	const socket: Socket = tls === undefined ? connect(where) : connectTls({ ...where, ALPNProtocols: [...tls] });
	socket.on("error", () => {});
	t.after(() => socket.destroy());
	await once(socket, tls === undefined ? "connect" : "secureConnect");
	socket.write(says);
	await once(socket, "data");
	socket.pause();
}

/** The text of a GET. */
export function getRequest(path: string, ...headers: readonly string[]): string {
	return [`GET ${path} HTTP/1.1`, "Host: localhost", ...headers, "", ""].join("\r\n");
}

/** The text of a WebSocket's upgrade request. */
export function webSocketRequest(path: string): string {
	return getRequest(
		path,
		"Connection: Upgrade",
		"Upgrade: websocket",
		"Sec-WebSocket-Version: 13",
		`Sec-WebSocket-Key: ${Buffer.alloc(16).toString("base64")}`,
	);
}
