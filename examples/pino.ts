// The whole log goes through pino, to the last line, which is lastcall's own.
import { once } from "node:events";
import { createServer } from "node:http";
import { setTimeout } from "node:timers/promises";
import { run } from "lastcall";
import { pino, transport } from "pino";

const { PORT = "8080", WORK_MS = "100" } = process.env;

// pino writes in a thread of its own. If the process is ended too early, that thread's unwritten lines are lost.
const output = transport({ target: "pino/file", options: { destination: 1 } });
const logger = pino(output);

const server = createServer(async (request, response) => {
	await setTimeout(Number(WORK_MS));
	response.end("OK\n");
	logger.info({ order: request.headers["x-request-id"] }, "answered");
});

const report = await run((service) => service.listen("http", server, { port: Number(PORT) }), {
	log: (line) => logger.info(line),
	exit: false,
});

// Not a closer: only now has lastcall written its last line too.
output.end();
await once(output, "close");
process.exit(report.exitCode);
