// As in Hono's guide for Node.js.
import { setTimeout } from "node:timers/promises";
import { serve } from "@hono/node-server";
import { Hono } from "hono";

const app = new Hono();
app.get("/", (context) => context.text("Hello\n"));
app.get("/report", async (context) => {
	await setTimeout(500);
	return context.json({ sold: 42 });
});
app.post("/orders", async (context) => {
	const { byteLength } = await context.req.arrayBuffer();
	return context.json({ bytes: byteLength }, 201);
});

const server = serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 8080) });

process.on("SIGTERM", () => {
	server.close((error) => {
		if (error) console.error(error);
		process.exit(error ? 1 : 0);
	});
});
