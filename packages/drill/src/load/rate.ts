import { type OpenModelLoad, openModelLoad } from "./open-model.ts";
import type { Endpoint } from "./running-load.ts";

/** Options of `rate`. */
export interface RateOptions {
	readonly requestsPerSecond: number;
	/** @default 1_000 */
	readonly maxConnections?: number;
}

/**
 * An open model: requests go out at their instants, evenly spread, whether or not earlier ones were answered. Each takes
 * the idle kept-alive connection that was used last, as `http.Agent` does, or else a new one. Where all
 * `maxConnections` are busy it waits for one, and `dueAtMs` in its record says since when: count latency from there. A
 * request whose connection is refused is `refused` and not sent again. Timers are exact to a millisecond or so: at higher
 * rates a few go out together. Steady once a request was answered. Throws what `http1Load` throws.
 */
export function rate(endpoint: Endpoint, options: RateOptions): OpenModelLoad {
	const { requestsPerSecond, maxConnections = 1000 } = options;
	return openModelLoad(endpoint, { name: "rate", requestsPerSecond, maxConnections, keepsAlive: true });
}
