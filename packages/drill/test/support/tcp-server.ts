import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";

/** A TCP server on a free port of the loopback. It leaves its connections open until it is closed. */
export interface TcpServer {
	readonly target: { readonly host: string; readonly port: number };
	/** How many connections there have been. */
	readonly connections: () => number;
	readonly onConnection: (act: (socket: Socket) => void) => void;
	/** Destroys its connections. */
	close(): Promise<void>;
}

/** Calls `accept` with each connection, and its number from 0. */
export async function tcpServer(accept: (socket: Socket, number: number) => void): Promise<TcpServer> {
	const sockets = new Set<Socket>();
	let connections = 0;
	const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
		sockets.add(socket);
		socket.on("error", () => {});
		socket.on("close", () => sockets.delete(socket));
		socket.on("end", () => socket.end());
		accept(socket, connections++);
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	return {
		target: { host: "127.0.0.1", port: (server.address() as AddressInfo).port },
		connections: () => connections,
		onConnection: (act) => void server.on("connection", act),
		async close() {
			for (const socket of sockets) socket.destroy();
			server.close();
			await once(server, "close");
		},
	};
}
