import type { RawConnection } from "../wire/raw-connection.ts";
import { http1Load } from "./http1-load.ts";
import type { LoadClient } from "./load-client.ts";
import type { Endpoint, RunningLoad } from "./running-load.ts";

/** Options of `silent`. */
export interface SilentOptions {
	/** @default 16 */
	readonly connections?: number;
}

/**
 * Connects and never sends a byte. Steady once all are open. No records, except of refused connections. Throws what
 * `LoadRun` throws.
 */
export function silent(endpoint: Endpoint, options: SilentOptions = {}): RunningLoad {
	const { connections = 16 } = options;
	return http1Load(endpoint, {
		name: "silent",
		connections,
		repeats: false,
		steadyOnAnswer: false,
		client: (_request, run) => {
			const client: LoadClient<RawConnection> = { opened: () => run.reached(client) };
			return client;
		},
	});
}
