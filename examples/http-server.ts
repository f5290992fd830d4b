import { createServer } from "node:http";
import { setTimeout } from "node:timers/promises";
import { run } from "lastcall";

const { PORT = "8080", WORK_MS = "10000", STOP_AFTER_MS } = process.env;

const server = createServer(async (_request, response) => {
	await setTimeout(Number(WORK_MS)); // work that takes its time
	response.end("OK\n");
});

await run(
	async (service) => {
		await service.listen("http", server, { port: Number(PORT) });
		console.log(`Server started. Try it: curl http://localhost:${PORT}/ and press Ctrl+C here before it answers.`);
	},
	{
		gracePeriodMs: 5_000,
		// Ctrl+C and SIGTERM stop it, and so does the caller's AbortSignal.
		signal: STOP_AFTER_MS ? AbortSignal.timeout(Number(STOP_AFTER_MS)) : undefined,
	},
);
