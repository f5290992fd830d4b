import { PLAIN_LOSSES } from "../record/loss-rules.ts";
import { http1Load } from "./http1-load.ts";
import { defineLoad } from "./load-kind.ts";
import { openModelLoad } from "./open-model.ts";
import type { Endpoint, RunningLoad } from "./running-load.ts";
import { CONNECTIONS, PATH, REQUESTS_PER_SECOND } from "./setting-schemas.ts";

export const NEW_CONNECTIONS = defineLoad({
	name: "new-connections",
	help: "one connection for each request; `rate` of them a second",
	settings: { path: PATH, connections: CONNECTIONS, rate: REQUESTS_PER_SECOND },
	speaks: "HTTP/1.1",
	steadyOnResponse: true,
	leavesIdle: true,
	losses: PLAIN_LOSSES,
	start: (endpoint, { connections, rate }) =>
		newConnections(endpoint, { concurrency: connections, requestsPerSecond: rate }),
});

/** Options of `newConnections`. */
export interface NewConnectionsOptions {
	/**
	 * Connections at the same time; with `requestsPerSecond`, at most.
	 * @default 64; with `requestsPerSecond`, 1_000
	 */
	readonly concurrency?: number | undefined;
	/** Opens this many connections a second, an open model in place of the closed loop. See `rate`. */
	readonly requestsPerSecond?: number | undefined;
}

/**
 * Starts a load of new connections with one request each, written as soon as the connection opens: in a closed loop, or at a
 * fixed rate. The requests don't say `Connection: close`; the client ends the connection after the response. Each connection
 * leaves a local port in TIME_WAIT. Linux reuses those of the loopback after a second. Throws what `http1Load` throws.
 */
export function newConnections(endpoint: Endpoint, options: NewConnectionsOptions = {}): RunningLoad {
	const { concurrency, requestsPerSecond } = options;
	const name = "new-connections";
	if (requestsPerSecond !== undefined) {
		const maxConnections = concurrency ?? 1000;
		return openModelLoad(endpoint, { name, requestsPerSecond, maxConnections, keepsAlive: false });
	}
	return http1Load(endpoint, {
		name,
		connections: concurrency ?? 64,
		repeats: true,
		steadyOnResponse: true,
		client: (request) => ({
			opened: (connection) => connection.send([request()]),
			settled: (connection) => connection.close(),
		}),
	});
}
