import { createServer, type Server } from "node:http";
import type { HealthHandler } from "./handlers.ts";
import { isFromThisMachine } from "./same-machine.ts";

/**
 * A server that answers the probes, and nothing of the program's: it is not drained, its requests are not in flight, and
 * neither it nor a connection to it keeps the program alive. No connection is kept for a second request.
 *
 * `/statusz` tells what the program is doing now. It names requests, so for all but those on the same machine there is no such
 * path.
 *
 * @param status the answer to `/statusz`, as JSON
 */
export function healthServer(handler: HealthHandler, status: () => string): Server {
	const server = createServer((request, response) => {
		response.setHeader("Connection", "close");
		handler(request, response, () => {
			const isStatus = request.method === "GET" && request.url === "/statusz" && isFromThisMachine(request);
			response.writeHead(isStatus ? 200 : 404, { "Content-Type": "application/json", "Cache-Control": "no-store" });
			response.end(isStatus ? `${status()}\n` : '{"error":"not found"}\n');
		});
	});
	server.on("connection", (socket) => socket.unref());
	return server.unref();
}

/** Ends the server and everything on it. */
export function closeHealthServer(server: Server): void {
	server.close();
	server.closeAllConnections();
}
