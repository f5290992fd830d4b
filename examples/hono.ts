// Hono: `getRequestListener` of its Node.js adapter makes a request listener of `app.fetch`.
import { createServer } from "node:http";
import { setTimeout } from "node:timers/promises";
import { getRequestListener } from "@hono/node-server";
import { Hono } from "hono";
import { run } from "lastcall";

const app = new Hono();

app.get("/", (context) => context.text("Hello\n"));

app.get("/report", async (context) => {
	await setTimeout(500); // work that takes its time
	return context.json({ sold: 42 });
});

app.post("/orders", async (context) => {
	const { byteLength } = await context.req.arrayBuffer();
	return context.json({ bytes: byteLength }, 201);
});

await run(async (service) => {
	service.defer("database", () => console.log("database closed"));
	await service.listen("http", createServer(getRequestListener(app.fetch)), { port: Number(process.env.PORT ?? 8080) });
});
