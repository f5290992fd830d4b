import { PLAIN_LOSSES } from "../record/loss-rules.ts";
import type { RawConnection } from "../wire/raw-connection.ts";
import { checkPositive } from "./check-positive.ts";
import { http1Load } from "./http1-load.ts";
import type { LoadClient } from "./load-client.ts";
import { defineLoad } from "./load-kind.ts";
import type { Endpoint, RunningLoad } from "./running-load.ts";
import { CONNECTIONS, EVERY, PATH } from "./setting-schemas.ts";

export const SLOW_READER = defineLoad({
	name: "slow-reader",
	help: "reads a large response slowly, 64 KB each `every` ms",
	settings: { path: PATH, connections: CONNECTIONS, every: EVERY },
	speaks: "HTTP/1.1",
	steadyOnResponse: false,
	leavesIdle: false,
	losses: { ...PLAIN_LOSSES, readsSlowly: true },
	start: (endpoint, { connections, every }) => slowReader(endpoint, { connections, everyMs: every, repeats: true }),
});

/** Options of `slowReader`. */
export interface SlowReaderOptions {
	/** @default 24 */
	readonly connections?: number | undefined;
	/**
	 * Reads at most this many bytes at a time.
	 * @default 65_536
	 */
	readonly bytesPerRead?: number | undefined;
	/**
	 * The pause after each read.
	 * @default 5
	 */
	readonly everyMs?: number | undefined;
	/** How long the response's body must be. A shorter or longer one is `cut`, with the detail `body-size`. */
	readonly expectBytes?: number | undefined;
	/**
	 * Keeps a response being read at any time: a client asks again on the same connection after a response, and a connection
	 * that ended is replaced.
	 * @default false
	 */
	readonly repeats?: boolean | undefined;
}

/**
 * Starts connections that each read one large response slowly, or one after another if it `repeats`, so that the server still
 * has bytes to send when it gets the signal. Steady once the head of each has arrived. The kernel's receive buffer reads ahead,
 * some 6 MB at most: the server is only sure to be still writing if the response is larger. Throws what `http1Load` throws.
 */
export function slowReader(endpoint: Endpoint, options: SlowReaderOptions = {}): RunningLoad {
	const { connections = 24, bytesPerRead = 65_536, everyMs = 5, expectBytes, repeats = false } = options;
	checkPositive("bytesPerRead", bytesPerRead);
	return http1Load(endpoint, {
		name: "slow-reader",
		connections,
		repeats,
		steadyOnResponse: false,
		expectBytes,
		slow: { bytesPerRead, everyMs },
		client: (request, load) => {
			const client: LoadClient<RawConnection> = {
				opened: (connection) => connection.send([request()]),
				settled: (connection) => {
					if (repeats && connection.usable) connection.send([request()]);
				},
				responseBegan: () => load.reached(client),
			};
			return client;
		},
	});
}
