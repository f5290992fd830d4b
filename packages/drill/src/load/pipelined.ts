import { checkPositive } from "./check-positive.ts";
import { http1Load } from "./http1-load.ts";
import type { Endpoint, RunningLoad } from "./running-load.ts";

/** Options of `pipelined`. */
export interface PipelinedOptions {
	/** @default 16 */
	readonly connections?: number;
	/**
	 * Requests in one write.
	 * @default 4
	 */
	readonly depth?: number;
}

/**
 * Writes `depth` requests in one write, waits for all their answers and does it again. Those behind an answer that says
 * `Connection: close` are `turned-away` with the detail `behind-close`. Throws what `http1Load` throws.
 */
export function pipelined(endpoint: Endpoint, options: PipelinedOptions = {}): RunningLoad {
	const { connections = 16, depth = 4 } = options;
	checkPositive("depth", depth);
	return http1Load(endpoint, {
		name: "pipelined",
		connections,
		repeats: true,
		steadyOnAnswer: true,
		client: (request) => {
			const batch = () => Array.from({ length: depth }, request);
			return {
				opened: (connection) => connection.send(batch()),
				settled: (connection) => {
					if (connection.inFlight === 0 && connection.usable) connection.send(batch());
				},
			};
		},
	});
}
