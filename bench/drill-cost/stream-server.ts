// WebSockets that send each message back, and event streams of 10 events each. Prints its port.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";

const EVENTS = Array.from({ length: 10 }, (_, number) => `id: ${number}\nevent: tick\ndata: {"number":${number}}\n\n`);

const server = createServer((_request, response) => {
	response.writeHead(200, { "content-type": "text/event-stream" });
	// The client opens the next stream at once.
	response.end(`retry: 0\n\n${EVENTS.join("")}`);
});
const webSockets = new WebSocketServer({ server, perMessageDeflate: false });
webSockets.on("connection", (socket) =>
	socket.on("message", (message, binary) => void socket.send(message, { binary })),
);
server.listen(0, "127.0.0.1", () => console.log((server.address() as AddressInfo).port));
