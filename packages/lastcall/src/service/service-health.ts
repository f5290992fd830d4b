import type { Server } from "node:http";
import type { ListenOptions } from "node:net";
import type { ServiceState } from "../core/service-state.ts";
import { toJson } from "../core/to-json.ts";
import { fetchOf, type HealthFetch, type HealthHandler, handlerOf } from "../health/handlers.ts";
import { checksOf, type HealthOptions } from "../health/health-options.ts";
import { closeHealthServer, healthServer } from "../health/health-port.ts";
import { describeHandles, openHandles } from "../process/open-handles.ts";
import { HTTP_SCHEMES, listen } from "../servers/listen.ts";

/** Three ways to ask a service whether it is alive (`/livez`), ready (`/readyz`) and has started (`/startupz`). */
export interface HealthProbes {
	/** For `node:http` and Express: as a listener, as a middleware, or called with what is to happen to everything else. */
	readonly handler: HealthHandler;
	/** For frameworks that speak `Request` and `Response`. */
	readonly fetch: HealthFetch;
	/**
	 * Answers on a port of its own, until the service is closed: no load can keep a probe waiting there, and it is
	 * answered after the program's own servers have closed. That port also tells those on the same machine what the
	 * program is doing (`/statusz`); behind a proxy, or by another name than `localhost`, it is a 404. It doesn't keep the program alive. Resolves to the server once it listens.
	 * @throws the server's own error (`EADDRINUSE`, …)
	 */
	listen(where: ListenOptions | number): Promise<Server>;
}

/**
 * @throws {TypeError} for an option that there isn't, or one of the wrong type
 * @throws {RangeError} for a time that is out of range
 */
export function healthOf(name: string, state: ServiceState, options: HealthOptions): HealthProbes {
	const checks = checksOf(options, (check, failure) =>
		state.tell(
			failure === undefined
				? { type: "check-recovered", name: check }
				: { type: "check-failed", name: check, error: failure.error },
		),
	);
	const { readyUntilClosing = false } = options;
	const health = { checks, readyUntilClosing, snapshot: () => state.snapshot() };
	const handler = handlerOf(health);
	const status = (): string =>
		toJson({ name, pid: process.pid, ...state.snapshot(), holders: describeHandles(openHandles()) });
	return {
		handler,
		fetch: fetchOf(health),
		async listen(where) {
			const server = healthServer(handler, status);
			const address = await listen("health", server, where, HTTP_SCHEMES);
			// Whenever that is: also where it was before the server listened.
			void state.closed.then(() => closeHealthServer(server));
			state.tell({ type: "listening", name: "health", address });
			return server;
		},
	};
}
