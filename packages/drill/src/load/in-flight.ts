import type { RawConnection } from "../wire/raw-connection.ts";
import { http1Load } from "./http1-load.ts";
import type { LoadClient } from "./load-client.ts";
import type { Endpoint, RunningLoad } from "./running-load.ts";

/** Options of `inFlight`. */
export interface InFlightOptions {
	/** @default 32 */
	readonly connections?: number;
	/**
	 * After an answer it asks again on the same connection, and a connection that ended is replaced, so that something is in
	 * flight at any instant.
	 * @default false
	 */
	readonly repeats?: boolean;
}

/**
 * One request per connection, sent once unless it `repeats`, for a path that takes its time. Steady once the kernel has
 * one of each connection. Throws what `http1Load` throws.
 */
export function inFlight(endpoint: Endpoint, options: InFlightOptions = {}): RunningLoad {
	const { connections = 32, repeats = false } = options;
	return http1Load(endpoint, {
		name: "in-flight",
		connections,
		repeats,
		steadyOnAnswer: false,
		client: (request, run) => {
			const ask = (connection: RawConnection) => connection.send([request()], undefined, () => run.reached(client));
			const client: LoadClient<RawConnection> = {
				opened: ask,
				settled: (connection) => {
					if (repeats && connection.usable) ask(connection);
				},
			};
			return client;
		},
	});
}
