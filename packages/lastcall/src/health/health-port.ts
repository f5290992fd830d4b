import { createServer, type Server } from "node:http";
import type { HealthHandler } from "./handlers.ts";
import { isFromThisMachine } from "./same-machine.ts";

/**
 * Creates a server that responds to the probes. It is not one of the program's servers: it is not drained, its requests are not in
 * flight, and neither the server nor its connections keep the process alive. Each connection serves one request.
 *
 * `/statusz` shows what the program is doing. Since it names requests, clients on other machines get a 404 for it.
 * @param status returns the body of `/statusz`, as JSON
 */
export function createHealthServer(handler: HealthHandler, status: () => string): Server {
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

/** Closes the server and all its connections. */
export function closeHealthServer(server: Server): void {
	server.close();
	server.closeAllConnections();
}
