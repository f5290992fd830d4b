import { once } from "node:events";
import { createServer, type RequestListener, type Server, type ServerOptions } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Endpoint } from "#src/load/running-load.js";
import type { RequestRecord } from "#src/record/outcome.js";

/** A node:http server that records its requests and sockets. */
export interface CountingServer {
	readonly server: Server;
	readonly target: Endpoint;
	/** The `x-request-id` of every request, in order. */
	readonly ids: string[];
	/** Every socket that was accepted. */
	readonly sockets: Socket[];
	close(): Promise<void>;
}

/** Starts a counting server on a free port. */
export async function httpServer(act: RequestListener, options: ServerOptions = {}): Promise<CountingServer> {
	const ids: string[] = [];
	const sockets: Socket[] = [];
	const server = createServer(options, (req, res) => {
		ids.push(String(req.headers["x-request-id"]));
		act(req, res);
	});
	server.on("connection", (socket) => sockets.push(socket));
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	return {
		server,
		ids,
		sockets,
		target: { host: "127.0.0.1", port: (server.address() as AddressInfo).port },
		async close() {
			server.close();
			server.closeAllConnections();
			for (const socket of sockets) socket.destroy();
			if (server.listening) await once(server, "close");
		},
	};
}

/** The ids of records, to compare with what a server saw. */
export function sortedIds(records: readonly RequestRecord[]): string[] {
	return records.map(({ id }) => id).sort();
}
