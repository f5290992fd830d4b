import { http1Load } from "./http1-load.ts";
import { openModelLoad } from "./open-model.ts";
import type { Endpoint, RunningLoad } from "./running-load.ts";

/** Options of `newConnections`. */
export interface NewConnectionsOptions {
	/**
	 * Connections at the same time; with `requestsPerSecond`, at most.
	 * @default 64; with `requestsPerSecond`, 1_000
	 */
	readonly concurrency?: number;
	/** An open model in place of the closed loop: this many connections are opened each second. See `rate`. */
	readonly requestsPerSecond?: number;
}

/**
 * New connections with one request each, written in the instant the connection opens: a closed loop, or at a rate of
 * their own. It doesn't say `Connection: close`; the client ends the connection after the answer. Each leaves a local
 * port in TIME_WAIT, of which Linux takes those of the loopback back after a second. Throws what `http1Load` throws.
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
		steadyOnAnswer: true,
		client: (request) => ({
			opened: (connection) => connection.send([request()]),
			settled: (connection) => connection.close(),
		}),
	});
}
