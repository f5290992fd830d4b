import { PLAIN_LOSSES } from "../record/loss-rules.ts";
import { defineLoad } from "./load-kind.ts";
import { openModelLoad } from "./open-model.ts";
import type { Endpoint, RunningLoad } from "./running-load.ts";
import { CONNECTIONS, PATH, REQUESTS_PER_SECOND } from "./setting-schemas.ts";

export const RATE = defineLoad({
	name: "rate",
	help: "open model: `rate` requests a second on a pool of connections",
	settings: { path: PATH, connections: CONNECTIONS, rate: REQUESTS_PER_SECOND },
	speaks: "HTTP/1.1",
	steadyOnResponse: true,
	leavesIdle: true,
	losses: PLAIN_LOSSES,
	start: (endpoint, settings, { isProbe }) => {
		const { connections: maxConnections, rate: requestsPerSecond = 100 } = settings;
		return rate(endpoint, { requestsPerSecond: isProbe ? 1 : requestsPerSecond, maxConnections });
	},
});

/** Options of `rate`. */
export interface RateOptions {
	readonly requestsPerSecond: number;
	/** @default 1_000 */
	readonly maxConnections?: number | undefined;
}

/**
 * Starts an open model: requests are due at evenly spread instants, whether or not earlier ones were answered. Each takes the
 * idle kept-alive connection that was used last, as `http.Agent` does, or else a new one. If all `maxConnections` are busy,
 * the request waits; `dueAtMs` in its record says since when, so count latency from there. A request whose connection is
 * refused is `refused` and not sent again. Timers are exact to about a millisecond: at higher rates a few requests go out
 * together. Steady with the first complete response. Throws what `http1Load` throws.
 */
export function rate(endpoint: Endpoint, options: RateOptions): RunningLoad {
	const { requestsPerSecond, maxConnections = 1000 } = options;
	return openModelLoad(endpoint, { name: "rate", requestsPerSecond, maxConnections, keepsAlive: true });
}
