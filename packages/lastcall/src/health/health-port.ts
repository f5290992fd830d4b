import { createServer, type Server } from "node:http";
import type { HealthHandler } from "./handlers.ts";

/**
 * A server that answers the probes, and nothing of the program's: it is not drained, its requests are not in flight, and
 * neither it nor a connection to it keeps the program alive. No connection is kept for a second request.
 *
 * `/statusz` tells what the program is doing now. It names requests, so it is for those on the same machine only.
 *
 * @param status the answer to `/statusz`, as JSON
 */
export function healthServer(handler: HealthHandler, status: () => string): Server {
	const server = createServer((request, response) => {
		response.setHeader("Connection", "close");
		handler(request, response, () => {
			const isStatus = request.method === "GET" && request.url === "/statusz" && isLocal(request.socket.remoteAddress);
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

function isLocal(address: string | undefined): boolean {
	// Without an address it is a Unix socket, or gone.
	return address === undefined || /^(::ffff:)?127\.|^::1$/.test(address);
}
