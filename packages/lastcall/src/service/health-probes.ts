import type { Server } from "node:http";
import type { ListenOptions } from "node:net";
import type { HealthFetch, HealthHandler } from "../health/handlers.ts";

/** The ways to ask a service whether it is alive (`/livez`), ready (`/readyz`) and has started (`/startupz`). */
export interface HealthProbes {
	/**
	 * Answers the probes of a `node:http` server: as its listener, as a middleware of Express, or called with the function that
	 * handles all other requests.
	 * @example
	 * ```ts
	 * import express from "express";
	 *
	 * const app = express();
	 * app.use(service.health().handler);
	 * ```
	 */
	readonly handler: HealthHandler;
	/**
	 * Answers the probes in frameworks that use `Request` and `Response`.
	 * @example
	 * ```ts
	 * import { Hono } from "hono";
	 *
	 * const app = new Hono();
	 * const health = service.health();
	 * app.get("/readyz", (c) => health.fetch(c.req.raw));
	 * ```
	 */
	readonly fetch: HealthFetch;
	/**
	 * Answers the probes on a port of its own until the service is closed. Resolves to the server once it is listening.
	 *
	 * Load on the program's own servers does not delay these probes, and they are answered until everything is closed. The
	 * port does not keep the process alive. For clients on the same machine it also has `/statusz`, which shows what the
	 * program is doing. Requests that come through a proxy, or under another name than `localhost`, get a 404 for that path.
	 * @param where as for `server.listen()`: a port, or `{ port, host, path, fd, … }`
	 * @throws the server's own error (`EADDRINUSE`, …)
	 * @example
	 * ```ts
	 * await service.health().listen({ port: 9090 });
	 * ```
	 */
	listen(where: ListenOptions | number): Promise<Server>;
}
