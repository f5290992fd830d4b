// With close-with-grace, by Fastify's authors.
import { setTimeout } from "node:timers/promises";
import closeWithGrace from "close-with-grace";
import fastify from "fastify";

const app = fastify();
app.addContentTypeParser("*", { parseAs: "buffer" }, async (_request: unknown, body: Buffer) => body);
app.get("/", async () => "Hello\n");
app.get("/report", async () => {
	await setTimeout(500);
	return { sold: 42 };
});
app.post<{ Body: Buffer }>("/orders", { bodyLimit: 10_000_000 }, async (request, reply) => {
	reply.code(201);
	return { bytes: request.body.length };
});

closeWithGrace(async () => {
	await app.close();
});

await app.listen({ port: Number(process.env.PORT ?? 8080) });
