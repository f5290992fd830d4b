import { setTimeout as delay } from "node:timers/promises";
import { type FastifyInstance, fastify } from "fastify";
import { compute, LARGE, SLOW_MS, WORK_MS } from "./handler.ts";

/** The paths of every peer, as a Fastify application. */
export function fastifyApp(): FastifyInstance {
	const app = fastify();
	app.addContentTypeParser("*", (_request, payload, done) => {
		payload.resume().once("end", () => done(null));
	});
	app.get("/", () => delay(WORK_MS, "ok\n"));
	app.get("/slow", () => delay(SLOW_MS, "ok\n"));
	app.get("/compute", async () => {
		await delay(WORK_MS);
		compute();
		return "ok\n";
	});
	app.get("/large", async () => LARGE);
	app.put("/upload", async () => "ok\n");
	return app;
}
