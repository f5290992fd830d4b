// Frameworks with a shutdown of their own, as their documentation shows it. Each returns its server of Node.js.
import { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { compute, events, handler, LIMIT_MS, WAITS } from "./handler.js";
import { makeServer, tls } from "./make-server.js";

const { SCHEME } = process.env;

/** @typedef {import("./attach.js").Place} Place */

/** @type {Record<string, (place: Place) => Promise<import("node:http").Server>>} */
export const FRAMEWORKS = {
	// https://github.com/fastify/close-with-grace#example-with-fastify
	"close-with-grace": async (place) => {
		const [{ fastify }, { default: closeWithGrace }] = await Promise.all([
			import("fastify"),
			import("close-with-grace"),
		]);
		const app = fastify({
			...(SCHEME === "https" && { https: tls }),
			...(SCHEME === "h2" && { http2: true, https: tls }),
			...(process.env.KEEP_ALIVE_MS && { keepAliveTimeout: Number(process.env.KEEP_ALIVE_MS) }),
		});
		app.addContentTypeParser("*", (_request, payload, done) => void payload.resume().once("end", () => done(null)));
		for (const [path, waitMs] of Object.entries(WAITS)) {
			app.get(path, async () => {
				if (waitMs > 0) await delay(waitMs);
				if (path === "/compute") compute();
				return "ok\n";
			});
		}
		app.post("/upload", async () => "ok\n");
		app.route({
			method: ["GET", "POST"],
			url: "/events",
			handler: (request, reply) =>
				reply.type("text/event-stream").send(Readable.from(events(request.method === "POST"))),
		});
		closeWithGrace({ delay: LIMIT_MS }, () => app.close());
		await app.listen(place);
		return app.server;
	},
	// https://docs.nestjs.com/fundamentals/lifecycle-events#application-shutdown
	nestjs: async (place) => {
		await import("reflect-metadata");
		const [{ Module }, { NestFactory }] = await Promise.all([import("@nestjs/common"), import("@nestjs/core")]);
		class App {}
		Module({})(App);
		const options = { logger: false, bodyParser: false, ...(SCHEME === "https" && { httpsOptions: tls }) };
		const app = await NestFactory.create(App, options);
		app.use(handler);
		app.enableShutdownHooks();
		await app.listen(place.port, place.host);
		const server = app.getHttpServer();
		if (process.env.KEEP_ALIVE_MS) server.keepAliveTimeout = Number(process.env.KEEP_ALIVE_MS);
		return server;
	},
	// https://effect.website/docs/platform/http-server: `NodeRuntime.runMain` ends the scope at the signal.
	effect: async (place) => {
		const [{ Effect, Layer, Stream }, Http, Node] = await Promise.all([
			import("effect"),
			import("effect/http"),
			import("@effect/platform-node"),
		]);
		const { HttpServer, HttpServerRequest, HttpServerResponse } = Http;
		const encoder = new TextEncoder();
		const app = Effect.gen(function* () {
			const { url, method } = yield* HttpServerRequest.HttpServerRequest;
			if (url === "/events") {
				const source = Stream.fromAsyncIterable(events(method === "POST"), (error) => error);
				const bytes = Stream.map(source, (event) => encoder.encode(event));
				return HttpServerResponse.stream(bytes, { contentType: "text/event-stream" });
			}
			if (method === "POST") yield* (yield* HttpServerRequest.HttpServerRequest).arrayBuffer;
			else if (url !== "/fast") yield* Effect.sleep(WAITS[/** @type {keyof typeof WAITS} */ (url)]);
			if (url === "/compute") compute();
			return HttpServerResponse.text("ok\n");
		});
		const server = makeServer(() => {});
		server.removeAllListeners("request");
		const options = { ...place, gracefulShutdownTimeout: LIMIT_MS };
		const layer = HttpServer.serve(app).pipe(Layer.provide(Node.NodeHttpServer.layer(() => server, options)));
		Node.NodeRuntime.runMain(Layer.launch(layer), { disableErrorReporting: true });
		await new Promise((resolve) => server.once("listening", resolve));
		return server;
	},
};
