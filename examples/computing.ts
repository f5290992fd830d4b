// A handler that keeps the CPU busy, as templates, JSON and images do. While one request computes, all others wait.
import { pbkdf2Sync } from "node:crypto";
import { createServer } from "node:http";
import { setTimeout } from "node:timers/promises";
import { run } from "lastcall";

const { PORT = "8080", QUERY_MS = "2", ITERATIONS = "5000" } = process.env;

const server = createServer(async (request, response) => {
	await setTimeout(Number(QUERY_MS)); // the database
	const key = pbkdf2Sync(String(request.url), "salt", Number(ITERATIONS), 32, "sha256"); // 2 ms or so of CPU
	response.end(`${key.toString("hex")}\n`);
});

await run((service) => service.listen("http", server, { port: Number(PORT) }));
