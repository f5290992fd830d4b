import { PLAIN_LOSSES } from "../record/loss-rules.ts";
import { http1Load } from "./http1-load.ts";
import { defineLoad } from "./load-kind.ts";
import type { Endpoint, RunningLoad } from "./running-load.ts";
import { CONNECTIONS, PATH } from "./setting-schemas.ts";

export const BACK_TO_BACK = defineLoad({
	name: "back-to-back",
	help: "kept-alive, the next request as soon as the response is there",
	settings: { path: PATH, connections: CONNECTIONS },
	speaks: "HTTP/1.1",
	steadyOnResponse: true,
	leavesIdle: true,
	losses: PLAIN_LOSSES,
	start: (endpoint, { connections }) => backToBack(endpoint, { connections }),
});

/** Options of `backToBack`. */
export interface BackToBackOptions {
	/** @default 32 */
	readonly connections?: number | undefined;
}

/**
 * Starts a closed loop on kept-alive connections: each client sends its next request as soon as the response to the last one
 * has arrived. A connection that ended is replaced at once, a refused one after 20 ms. Throws what `http1Load` throws.
 */
export function backToBack(endpoint: Endpoint, options: BackToBackOptions = {}): RunningLoad {
	const { connections = 32 } = options;
	return http1Load(endpoint, {
		name: "back-to-back",
		connections,
		repeats: true,
		steadyOnResponse: true,
		client: (request) => ({
			opened: (connection) => connection.send([request()]),
			settled: (connection) => {
				if (connection.usable) connection.send([request()]);
			},
		}),
	});
}
