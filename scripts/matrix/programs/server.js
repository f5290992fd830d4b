// Responds in two halves: the second follows when the service begins to drain. With BLOCK=1 it blocks the event loop then.
import { createServer } from "node:http";
import { run } from "lastcall";

void run(
	async (service) => {
		const server = createServer((_, response) => {
			response.write("first half, ");
			service.drainSignal.addEventListener("abort", () => {
				if (process.env.BLOCK === "1") for (;;) process.uptime();
				response.end("second half");
			});
		});
		await service.listen("http", server, 0);
		const address = server.address();
		console.log(typeof address === "object" ? `port ${address?.port}` : address);
	},
	{ gracePeriodMs: process.env.BLOCK === "1" ? 500 : 10_000 },
);
