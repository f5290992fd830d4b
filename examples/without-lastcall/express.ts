// As in Express' guide "Health Checks and Graceful Shutdown".
import { setTimeout } from "node:timers/promises";
import express from "express";

const app = express();
app.get("/", (_request, response) => {
	response.send("Hello\n");
});
app.get("/report", async (_request, response) => {
	await setTimeout(500);
	response.json({ sold: 42 });
});
app.post("/orders", express.raw({ type: () => true, limit: "10mb" }), (request, response) => {
	response.status(201).json({ bytes: request.body.length });
});

const server = app.listen(Number(process.env.PORT ?? 8080));

process.on("SIGTERM", () => {
	server.close(() => console.log("HTTP server closed"));
});
