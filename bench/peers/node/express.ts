// https://expressjs.com/en/advanced/healthcheck-graceful-shutdown.html
import express from "express";
import { compute, LARGE, SLOW_MS, WORK_MS } from "./handler.ts";
import { place } from "./place.ts";

const app = express();
app.get("/", (_request, response) => void setTimeout(() => response.send("ok\n"), WORK_MS));
app.get("/slow", (_request, response) => void setTimeout(() => response.send("ok\n"), SLOW_MS));
app.get("/compute", (_request, response) => {
	setTimeout(() => {
		compute();
		response.send("ok\n");
	}, WORK_MS);
});
app.get("/large", (_request, response) => void response.end(LARGE));
app.put("/upload", (request, response) => void request.resume().once("end", () => response.send("ok\n")));
const server = app.listen(place.port, place.host);

process.on("SIGTERM", () => server.close(() => process.exit(0)));
