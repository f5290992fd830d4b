import type { RawConnection } from "../wire/raw-connection.ts";
import { http1Load } from "./http1-load.ts";
import type { LoadClient } from "./load-client.ts";
import type { Endpoint, RunningLoad } from "./running-load.ts";
import { seededRandom } from "./seeded-random.ts";

/** Options of `keepAliveEdge`. */
export interface KeepAliveEdgeOptions {
	/** @default 100 */
	readonly connections?: number;
	/**
	 * For how long the server keeps an idle connection open.
	 * @default it is measured: the first connections are left idle until the server ends them
	 */
	readonly edgeMs?: number;
	/**
	 * Draws the pauses.
	 * @default 1
	 */
	readonly seed?: number;
}

/** Timers on both sides count in milliseconds. */
const timerMs = 1;

/**
 * Kept-alive connections that are idle for as long as the server keeps them: each next request is sent about when the server's
 * own idle timeout ends its connection. What crosses the end is lost, in normal service, as it is behind a load balancer that
 * keeps its connections for longer. Steady once each client has paused so once: with a server that ends idle connections
 * after 5 s, and without `edgeMs`, after some 10 s. Throws what `http1Load` throws.
 */
export function keepAliveEdge(endpoint: Endpoint, options: KeepAliveEdgeOptions = {}): RunningLoad {
	const { connections = 100, seed = 1 } = options;
	const random = seededRandom(seed);
	let { edgeMs } = options;
	/** The fastest connect: for so long a request and the end of its connection can cross. */
	let crossingMs = Number.POSITIVE_INFINITY;
	const pauseMs = (edge: number): number =>
		Math.max(0, edge - crossingMs - timerMs + random() * (crossingMs + 2 * timerMs));
	return http1Load(endpoint, {
		name: "keep-alive-edge",
		connections,
		repeats: true,
		steadyOnAnswer: false,
		client: (request, run) => {
			let idleSinceMs: number | undefined;
			let isAtEdge = false;
			const ask = (connection: RawConnection): void => {
				idleSinceMs = undefined;
				connection.send([request()]);
			};
			const client: LoadClient<RawConnection> = {
				opened: (connection) => {
					crossingMs = Math.min(crossingMs, performance.now() - connection.askedAtMs);
					ask(connection);
				},
				settled: (connection) => {
					if (isAtEdge) run.reached(client);
					if (!connection.usable) return;
					idleSinceMs = performance.now();
					if (edgeMs === undefined) return;
					isAtEdge = true;
					run.later(pauseMs(edgeMs), () => {
						if (connection.usable) ask(connection);
					});
				},
				closed: () => {
					if (idleSinceMs === undefined) return;
					// It ended while it was idle. What was noticed late must not move the edge.
					if (isAtEdge) run.reached(client);
					if (options.edgeMs === undefined)
						edgeMs = Math.min(edgeMs ?? Number.POSITIVE_INFINITY, performance.now() - idleSinceMs);
				},
			};
			return client;
		},
	});
}
