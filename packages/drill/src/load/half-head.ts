import { PLAIN_LOSSES } from "../record/loss-rules.ts";
import type { RawConnection } from "../wire/raw-connection.ts";
import { http1Load } from "./http1-load.ts";
import type { LoadClient } from "./load-client.ts";
import { defineLoad } from "./load-kind.ts";
import type { Endpoint, RunningLoad } from "./running-load.ts";
import { CONNECTIONS, EVERY, PATH } from "./setting-schemas.ts";

export const HALF_HEAD = defineLoad({
	name: "half-head",
	help: "heads that never end, a byte each `every` ms",
	settings: { path: PATH, connections: CONNECTIONS, every: EVERY },
	speaks: "HTTP/1.1",
	steadyOnResponse: false,
	leavesIdle: false,
	losses: PLAIN_LOSSES,
	start: (endpoint, { connections, every }) => halfHead(endpoint, { connections, everyMs: every }),
});

/** Options of `halfHead`. */
export interface HalfHeadOptions {
	/** @default 16 */
	readonly connections?: number | undefined;
	/**
	 * The pause before each byte.
	 * @default 100
	 */
	readonly everyMs?: number | undefined;
}

/**
 * Begins a request's head on each connection and goes on with a byte at a time, forever. Steady once each has begun. A server
 * may respond with 408: that is the connection's `unaskedStatus`. An unfinished head is no request, so that none can be lost:
 * there are no records, except of refused connections. Throws what `LoadRun` throws.
 */
export function halfHead(endpoint: Endpoint, options: HalfHeadOptions = {}): RunningLoad {
	const { connections = 16, everyMs = 100 } = options;
	return http1Load(endpoint, {
		name: "half-head",
		connections,
		repeats: false,
		steadyOnResponse: false,
		client: (request, load) => {
			let drip: NodeJS.Timeout | undefined;
			const client: LoadClient<RawConnection> = {
				opened: (connection) => {
					const head = request().head.slice(0, -"\r\n".length);
					connection.write(`${head}x-drip: `, () => load.reached(client));
					drip = setInterval(() => connection.write("x"), everyMs);
				},
				closed: () => clearInterval(drip),
			};
			return client;
		},
	});
}
