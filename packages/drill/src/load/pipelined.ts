import { PLAIN_LOSSES } from "../record/loss-rules.ts";
import { checkPositive } from "./check-positive.ts";
import { http1Load } from "./http1-load.ts";
import { defineLoad } from "./load-kind.ts";
import type { Endpoint, RunningLoad } from "./running-load.ts";
import { CONNECTIONS, PATH, wholeNumber } from "./setting-schemas.ts";

export const PIPELINED = defineLoad({
	name: "pipelined",
	help: "`depth` requests in one write",
	settings: { path: PATH, connections: CONNECTIONS, depth: wholeNumber(1, 1_000) },
	speaks: "pipelined HTTP/1.1",
	steadyOnResponse: true,
	leavesIdle: true,
	losses: {
		...PLAIN_LOSSES,
		// The first request of all may have been waiting for its connection to be accepted.
		ownReason: ({ outcome, nth }) => (outcome === "cut" || nth === 0 ? undefined : "pipelined-dropped"),
	},
	start: (endpoint, { connections, depth }) => pipelined(endpoint, { connections, depth }),
});

/** Options of `pipelined`. */
export interface PipelinedOptions {
	/** @default 16 */
	readonly connections?: number | undefined;
	/**
	 * Requests in one write.
	 * @default 4
	 */
	readonly depth?: number | undefined;
}

/**
 * Starts clients that write `depth` requests in one write, wait for all the responses and do it again. Requests after a
 * response that says `Connection: close` are `turned-away` with the detail `behind-close`. Throws what `http1Load` throws.
 */
export function pipelined(endpoint: Endpoint, options: PipelinedOptions = {}): RunningLoad {
	const { connections = 16, depth = 4 } = options;
	checkPositive("depth", depth);
	return http1Load(endpoint, {
		name: "pipelined",
		connections,
		repeats: true,
		steadyOnResponse: true,
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
