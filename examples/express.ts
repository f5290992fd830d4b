// Express: the application is a request listener; the server around it is what drains.
import { createServer } from "node:http";
import { setTimeout } from "node:timers/promises";
import express from "express";
import { run } from "lastcall";

const app = express();

app.get("/", (_request, response) => {
	response.send("Hello\n");
});

app.get("/report", async (_request, response) => {
	await setTimeout(500); // work that takes its time
	response.json({ sold: 42 });
});

app.post("/orders", express.raw({ type: () => true, limit: "10mb" }), (request, response) => {
	response.status(201).json({ bytes: request.body.length });
});

await run(async (service) => {
	service.defer("database", () => console.log("database closed"));
	await service.listen("http", createServer(app), { port: Number(process.env.PORT ?? 8080) });
});
