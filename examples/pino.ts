// Everything that a service says goes through pino, to the last line, which is lastcall's own.
import { once } from "node:events";
import { createServer } from "node:http";
import { setTimeout } from "node:timers/promises";
import { run } from "lastcall";
import { pino, transport } from "pino";

const { PORT = "8080", WORK_MS = "100" } = process.env;

// Writes in a thread of its own, which a process that is ended takes with it, and the lines that it had still to write.
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

// Not a closer: only now has lastcall said its last line, too.
output.end();
await once(output, "close");
process.exit(report.exitCode);
