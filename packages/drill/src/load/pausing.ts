import { PLAIN_LOSSES } from "../record/loss-rules.ts";
import { http1Load } from "./http1-load.ts";
import { defineLoad } from "./load-kind.ts";
import type { Endpoint, RunningLoad } from "./running-load.ts";
import { seededRandom } from "./seeded-random.ts";
import { CONNECTIONS, PATH, TIME } from "./setting-schemas.ts";

export const PAUSING = defineLoad({
	name: "pausing",
	help: "kept-alive, idle for up to `pause` between requests",
	settings: { path: PATH, connections: CONNECTIONS, pause: TIME },
	speaks: "HTTP/1.1",
	steadyOnResponse: true,
	leavesIdle: true,
	losses: PLAIN_LOSSES,
	start: (endpoint, { connections, pause }, { seed }) => pausing(endpoint, { connections, maxPauseMs: pause, seed }),
});

/** Options of `pausing`. */
export interface PausingOptions {
	/** @default 200 */
	readonly connections?: number | undefined;
	/**
	 * Pauses are evenly distributed between 0 and this.
	 * @default 20
	 */
	readonly maxPauseMs?: number | undefined;
	/**
	 * The same seed draws the same pauses. The network decides which client gets which.
	 * @default 1
	 */
	readonly seed?: number | undefined;
}

/**
 * Starts kept-alive connections that are idle most of the time: each client pauses before its next request. Such a request can
 * cross the server's FIN on the wire. A connection that ended is replaced at once, a refused one after 20 ms. Throws what
 * `http1Load` throws.
 */
export function pausing(endpoint: Endpoint, options: PausingOptions = {}): RunningLoad {
	const { connections = 200, maxPauseMs = 20, seed = 1 } = options;
	const random = seededRandom(seed);
	return http1Load(endpoint, {
		name: "pausing",
		connections,
		repeats: true,
		steadyOnResponse: true,
		client: (request, load) => ({
			opened: (connection) => connection.send([request()]),
			settled: (connection) => {
				if (!connection.usable) return;
				load.later(random() * maxPauseMs, () => {
					if (connection.usable) connection.send([request()]);
					// The server sent something unasked. The end of this connection brings the next one.
					else connection.close();
				});
			},
		}),
	});
}
