import { createServer } from "node:http";
import { WebSocketServer } from "ws";

const server = createServer((_request, response) => response.end("Hello"));
const sockets = new WebSocketServer({ server });

sockets.on("connection", (socket) => {
	socket.on("error", console.error);
	socket.on("message", (data) => socket.send(`received: ${data}`));
});
server.listen(Number(process.env.PORT));
