import type { Socket } from "node:net";
import { type TcpServer, tcpServer } from "./tcp-server.ts";

/** One request, or what has arrived of it, on a raw server's connection. */
export interface RawRequest {
	readonly socket: Socket;
	/** The connection's number on this server, from 0. */
	readonly connection: number;
	/** The request's number on its connection, from 0. */
	readonly index: number;
	readonly head: string;
}

/** A TCP server that knows just enough HTTP to find the end of each head, and leaves the rest to `act`. */
export function rawServer(act: (request: RawRequest) => void): Promise<TcpServer> {
	return tcpServer((socket, connection) => {
		let index = 0;
		let received = "";
		socket.on("data", (bytes) => {
			received += bytes.toString("latin1");
			for (let end = received.indexOf("\r\n\r\n"); end >= 0; end = received.indexOf("\r\n\r\n")) {
				const head = received.slice(0, end);
				received = received.slice(end + 4);
				act({ socket, connection, index: index++, head });
			}
		});
	});
}

/** A complete response. */
export function answer(body: string, ...headers: string[]): string {
	return ["HTTP/1.1 200 OK", `content-length: ${body.length}`, ...headers, "", body].join("\r\n");
}
