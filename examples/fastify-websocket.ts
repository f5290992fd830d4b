// Fastify with @fastify/websocket: a message is in flight until its response is sent.
import { setTimeout } from "node:timers/promises";
import websocket from "@fastify/websocket";
import fastify from "fastify";
import { run } from "lastcall";

await run(async (service) => {
	const app = fastify();
	service.defer("fastify", () => app.close());
	app.addHook("onClose", async () => console.log("database closed"));
	await app.register(websocket);
	service.serve("shop", app.websocketServer);

	app.get("/shop", { websocket: true }, (socket) => {
		socket.on("message", async () => {
			const done = service.enter(socket, "order");
			try {
				console.log("paying");
				await setTimeout(Number(process.env.WORK_MS ?? 500)); // work that takes its time
				console.log("paid");
				socket.send("paid");
			} finally {
				done();
			}
		});
	});

	await app.ready();
	await service.listen("http", app.server, { port: Number(process.env.PORT ?? 8080) });
});
