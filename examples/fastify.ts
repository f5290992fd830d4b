// Fastify: its `onClose` hooks run after the drain. Use `service.listen` instead of `app.listen`, which opens one more
// server for each address of "localhost", which the service would not know.
import { setTimeout } from "node:timers/promises";
import fastify from "fastify";
import { run } from "lastcall";

await run(async (service) => {
	const app = fastify();
	service.defer("fastify", () => app.close());

	app.addHook("onClose", async () => console.log("database closed"));
	app.addContentTypeParser(
		"*",
		{ parseAs: "buffer", bodyLimit: 10_000_000 },
		async (_request: unknown, body: Buffer) => body,
	);

	const health = service.health();
	app.get("/readyz", (request, reply) => health.handler(request.raw, reply.hijack().raw));

	app.get("/", async () => "Hello\n");

	app.get("/report", async () => {
		await setTimeout(500); // work that takes its time
		return { sold: 42 };
	});

	app.post<{ Body: Buffer }>("/orders", { bodyLimit: 10_000_000 }, async (request, reply) => {
		reply.code(201);
		return { bytes: request.body.length };
	});

	await app.ready();
	await service.listen("http", app.server, { port: Number(process.env.PORT ?? 8080) });
});
