import { http1Load } from "./http1-load.ts";
import type { Endpoint, RunningLoad } from "./running-load.ts";
import { seededRandom } from "./seeded-random.ts";

/** Options of `pausing`. */
export interface PausingOptions {
	/** @default 200 */
	readonly connections?: number;
	/**
	 * EventLoopLag are evenly distributed between 0 and this.
	 * @default 20
	 */
	readonly maxPauseMs?: number;
	/**
	 * The same seed draws the same pauses, though the network decides which client gets which.
	 * @default 1
	 */
	readonly seed?: number;
}

/**
 * Kept-alive connections that are idle most of the time: before each next request a client pauses. This is what crosses
 * a FIN on the wire. A connection that ends is replaced at once, a refused one after 20 ms. Throws what `http1Load` throws.
 */
export function pausing(endpoint: Endpoint, options: PausingOptions = {}): RunningLoad {
	const { connections = 200, maxPauseMs = 20, seed = 1 } = options;
	const random = seededRandom(seed);
	return http1Load(endpoint, {
		name: "pausing",
		connections,
		repeats: true,
		steadyOnAnswer: true,
		client: (request, run) => ({
			opened: (connection) => connection.send([request()]),
			settled: (connection) => {
				if (!connection.usable) return;
				run.later(random() * maxPauseMs, () => {
					if (connection.usable) connection.send([request()]);
					// Something came that nobody had asked for: its end brings the next connection.
					else connection.close();
				});
			},
		}),
	});
}
