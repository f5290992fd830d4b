import { http1Load } from "./http1-load.ts";
import type { Endpoint, RunningLoad } from "./running-load.ts";

/** Options of `backToBack`. */
export interface BackToBackOptions {
	/** @default 32 */
	readonly connections?: number;
}

/**
 * A closed loop on kept-alive connections: the next request goes out in the instant its answer has arrived. A connection
 * that ends is replaced at once, a refused one after 20 ms. Throws what `http1Load` throws.
 */
export function backToBack(endpoint: Endpoint, options: BackToBackOptions = {}): RunningLoad {
	const { connections = 32 } = options;
	return http1Load(endpoint, {
		name: "back-to-back",
		connections,
		repeats: true,
		steadyOnAnswer: true,
		client: (request) => ({
			opened: (connection) => connection.send([request()]),
			settled: (connection) => {
				if (connection.usable) connection.send([request()]);
			},
		}),
	});
}
