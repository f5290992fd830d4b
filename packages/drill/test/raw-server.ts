import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";

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
export async function rawServer(act: (request: RawRequest) => void) {
	const sockets = new Set<Socket>();
	let connections = 0;
	const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
		const connection = connections++;
		let index = 0;
		let received = "";
		sockets.add(socket);
		socket.on("error", () => {});
		socket.on("close", () => sockets.delete(socket));
		socket.on("end", () => socket.end());
		socket.on("data", (bytes) => {
			received += bytes.toString("latin1");
			for (let end = received.indexOf("\r\n\r\n"); end >= 0; end = received.indexOf("\r\n\r\n")) {
				const head = received.slice(0, end);
				received = received.slice(end + 4);
				act({ socket, connection, index: index++, head });
			}
		});
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	return {
		target: { host: "127.0.0.1", port: (server.address() as AddressInfo).port },
		onConnection: (act: (socket: Socket) => void) => void server.on("connection", act),
		async close() {
			for (const socket of sockets) socket.destroy();
			server.close();
			await once(server, "close");
		},
	};
}

/** A whole answer. */
export function answer(body: string, ...headers: string[]): string {
	return ["HTTP/1.1 200 OK", `content-length: ${body.length}`, ...headers, "", body].join("\r\n");
}
