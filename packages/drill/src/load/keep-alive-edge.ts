import { PLAIN_LOSSES } from "../record/loss-rules.ts";
import type { RawConnection } from "../wire/raw-connection.ts";
import { http1Load } from "./http1-load.ts";
import type { LoadClient } from "./load-client.ts";
import { defineLoad } from "./load-kind.ts";
import type { Endpoint, RunningLoad } from "./running-load.ts";
import { seededRandom } from "./seeded-random.ts";
import { CONNECTIONS, PATH, TIME } from "./setting-schemas.ts";

export const KEEP_ALIVE_EDGE = defineLoad({
	name: "keep-alive-edge",
	help: "idle until the server would end it; `pause`: its idle timeout",
	settings: { path: PATH, connections: CONNECTIONS, pause: TIME },
	speaks: "HTTP/1.1",
	// It waits for an idle timeout first.
	steadyOnResponse: false,
	leavesIdle: true,
	losses: { ...PLAIN_LOSSES, crossesIdleEnd: "always" },
	start: (endpoint, { connections, pause }, { seed }) => keepAliveEdge(endpoint, { connections, edgeMs: pause, seed }),
});

/** Options of `keepAliveEdge`. */
export interface KeepAliveEdgeOptions {
	/** @default 100 */
	readonly connections?: number | undefined;
	/**
	 * How long the server keeps an idle connection open.
	 * @default measured: the first connections are left idle until the server ends them
	 */
	readonly edgeMs?: number | undefined;
	/**
	 * Draws the pauses.
	 * @default 1
	 */
	readonly seed?: number | undefined;
}

/** Timers on both sides count in milliseconds. */
const TIMER_MS = 1;

/**
 * Starts kept-alive connections that are idle as long as the server keeps them: each client sends its next request about when
 * the server's own idle timeout ends the connection. A request that crosses the end is lost in normal service, as it is for
 * a load balancer that keeps its connections longer. Steady once each client has paused so once: some 10 s with a server that
 * ends idle connections after 5 s, unless `edgeMs` is given. Throws what `http1Load` throws.
 */
export function keepAliveEdge(endpoint: Endpoint, options: KeepAliveEdgeOptions = {}): RunningLoad {
	const { connections = 100, seed = 1 } = options;
	const random = seededRandom(seed);
	let { edgeMs } = options;
	/** The fastest connect: a request and the end of its connection can cross for this long. */
	let crossingMs = Number.POSITIVE_INFINITY;
	const pauseMs = (edge: number): number =>
		Math.max(0, edge - crossingMs - TIMER_MS + random() * (crossingMs + 2 * TIMER_MS));
	return http1Load(endpoint, {
		name: "keep-alive-edge",
		connections,
		repeats: true,
		steadyOnResponse: false,
		client: (request, load) => {
			let idleSinceMs: number | undefined;
			let isAtEdge = false;
			const ask = (connection: RawConnection): void => {
				idleSinceMs = undefined;
				connection.send([request()]);
			};
			const client: LoadClient<RawConnection> = {
				opened: (connection) => {
					crossingMs = Math.min(crossingMs, performance.now() - connection.life.askedAtMs);
					ask(connection);
				},
				settled: (connection) => {
					if (isAtEdge) load.reached(client);
					if (!connection.usable) return;
					idleSinceMs = performance.now();
					if (edgeMs === undefined) return;
					isAtEdge = true;
					load.later(pauseMs(edgeMs), () => {
						if (connection.usable) ask(connection);
					});
				},
				closed: () => {
					if (idleSinceMs === undefined) return;
					// The connection ended while idle. An end that was noticed late must not move the edge.
					if (isAtEdge) load.reached(client);
					if (options.edgeMs === undefined)
						edgeMs = Math.min(edgeMs ?? Number.POSITIVE_INFINITY, performance.now() - idleSinceMs);
				},
			};
			return client;
		},
	});
}
