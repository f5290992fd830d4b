import { createServer } from "node:http";
import { Server } from "socket.io";

const server = createServer((_request, response) => response.end("Hello"));
const io = new Server(server);

io.on("connection", (socket) => {
	socket.on("chat message", (message) => io.emit("chat message", message));
});
server.listen(Number(process.env.PORT));
