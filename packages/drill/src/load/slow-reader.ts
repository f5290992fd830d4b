import type { RawConnection } from "../wire/raw-connection.ts";
import { checkPositive } from "./check-positive.ts";
import { http1Load } from "./http1-load.ts";
import type { LoadClient } from "./load-client.ts";
import type { Endpoint, RunningLoad } from "./running-load.ts";

/** Options of `slowReader`. */
export interface SlowReaderOptions {
	/** @default 24 */
	readonly connections?: number;
	/**
	 * At most this many bytes are read at a time.
	 * @default 65_536
	 */
	readonly bytesPerRead?: number;
	/**
	 * The pause after each read.
	 * @default 5
	 */
	readonly everyMs?: number;
	/** How long the answer's body must be. A shorter or longer one is `cut`, with the detail `body-size`. */
	readonly expectBytes?: number;
	/**
	 * After an answer it asks again on the same connection, and a connection that ended is replaced, so that an answer is
	 * being read at any instant.
	 * @default false
	 */
	readonly repeats?: boolean;
}

/**
 * One large answer per connection, or one after the other where it `repeats`, read slowly, so that the server has bytes left to send when it is told to stop. Steady
 * once the head of each has arrived. The kernel's receive buffer reads ahead, some 6 MB at most: make the answer larger
 * than that to be sure that the server is still writing. Throws what `http1Load` throws.
 */
export function slowReader(endpoint: Endpoint, options: SlowReaderOptions = {}): RunningLoad {
	const { connections = 24, bytesPerRead = 65_536, everyMs = 5, expectBytes, repeats = false } = options;
	checkPositive("bytesPerRead", bytesPerRead);
	return http1Load(endpoint, {
		name: "slow-reader",
		connections,
		repeats,
		steadyOnAnswer: false,
		expectBytes,
		slow: { bytesPerRead, everyMs },
		client: (request, run) => {
			const client: LoadClient<RawConnection> = {
				opened: (connection) => connection.send([request()]),
				settled: (connection) => {
					if (repeats && connection.usable) connection.send([request()]);
				},
				answerBegan: () => run.reached(client),
			};
			return client;
		},
	});
}
