// A server that does little, so that the drill is the slower side. After SIGTERM it goes on until it has answered as many requests
// as its argument says.
import { createServer } from "node:net";

const wanted = Number(process.argv[2]);
const RESPONSE = "HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nok\n";
const LAST_RESPONSE = RESPONSE.replace("content-length", "connection: close\r\ncontent-length");
const HEAD_END = "\r\n\r\n";
let answered = 0;
let isStopping = false;

const server = createServer((socket) => {
	socket.on("error", () => {});
	socket.on("data", (bytes) => {
		// The drill's requests come whole.
		const requests = bytes.toString("latin1").split(HEAD_END).length - 1;
		answered += requests;
		if (!isStopping || answered < wanted) {
			socket.write(RESPONSE.repeat(requests));
			return;
		}
		// Before a client opens its next connection.
		server.close();
		socket.end(LAST_RESPONSE);
	});
});

process.on("SIGTERM", () => {
	isStopping = true;
});
server.listen(0, "127.0.0.1");
