import { PLAIN_LOSSES } from "../record/loss-rules.ts";
import type { RawConnection } from "../wire/raw-connection.ts";
import { http1Load } from "./http1-load.ts";
import type { LoadClient } from "./load-client.ts";
import { defineLoad } from "./load-kind.ts";
import type { Endpoint, RunningLoad } from "./running-load.ts";
import { CONNECTIONS, PATH } from "./setting-schemas.ts";

export const IN_FLIGHT = defineLoad({
	name: "in-flight",
	help: "always a request in flight; for a slow path",
	settings: { path: PATH, connections: CONNECTIONS },
	speaks: "HTTP/1.1",
	steadyOnResponse: false,
	leavesIdle: true,
	losses: PLAIN_LOSSES,
	start: (endpoint, { connections }) => inFlight(endpoint, { connections, repeats: true }),
});

/** Options of `inFlight`. */
export interface InFlightOptions {
	/** @default 32 */
	readonly connections?: number | undefined;
	/**
	 * Keeps a request in flight at any time: a client asks again on the same connection after a response, and a connection that
	 * ended is replaced.
	 * @default false
	 */
	readonly repeats?: boolean | undefined;
}

/**
 * Starts one request on each connection, sent once unless it `repeats`, for a path that takes its time. Steady once the kernel
 * has a request of each connection. Throws what `http1Load` throws.
 */
export function inFlight(endpoint: Endpoint, options: InFlightOptions = {}): RunningLoad {
	const { connections = 32, repeats = false } = options;
	return http1Load(endpoint, {
		name: "in-flight",
		connections,
		repeats,
		steadyOnResponse: false,
		client: (request, load) => {
			const ask = (connection: RawConnection) => connection.send([request()], undefined, () => load.reached(client));
			const client: LoadClient<RawConnection> = {
				opened: ask,
				settled: (connection) => {
					if (repeats && connection.usable) ask(connection);
				},
			};
			return client;
		},
	});
}
