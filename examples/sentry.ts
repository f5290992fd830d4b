// Sentry: closed last, so that every event is sent, also that of a crash. Its listener of unhandled rejections is left out: with it, they
// would not stop the program. Without it, Node.js makes them uncaught exceptions, which Sentry reports and lastcall stops for.
import { createServer } from "node:http";
import { setTimeout } from "node:timers/promises";
import * as Sentry from "@sentry/node";
import { run } from "lastcall";

Sentry.init({
	dsn: process.env.SENTRY_DSN,
	integrations: (defaults) => defaults.filter(({ name }) => name !== "OnUnhandledRejection"),
});

await run(async (service) => {
	service.defer("sentry", () => Sentry.close());

	const server = createServer(async (request, response) => {
		if (request.url === "/note") Sentry.captureMessage("note");
		if (request.url === "/boom") void Promise.reject(new Error("boom"));
		if (request.url === "/report") await setTimeout(500); // work that takes its time
		response.end("Hello\n");
	});
	await service.listen("http", server, { port: Number(process.env.PORT ?? 8080) });
});
