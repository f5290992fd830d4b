// `node:http`, on whichever runtime runs this.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { setTimeout } from "node:timers/promises";
import { WebSocketServer } from "ws";
import { answer } from "./answer.ts";
import { start } from "./start.ts";

const server = createServer(async (request, response) => {
	const { length } = await buffer(request);
	response.end(await answer(request.url ?? "", length));
});

await start(async (service, port) => {
	service.serve("chat", new WebSocketServer({ server })).on("connection", (socket) => {
		socket.on("message", async (message) => {
			const done = service.enter(socket, "message");
			await setTimeout(100);
			socket.send(String(message));
			done();
		});
	});
	await service.listen("web", server, { port, host: "127.0.0.1" });
	return (server.address() as AddressInfo).port;
});
