import { PLAIN_LOSSES } from "../record/loss-rules.ts";
import type { RawConnection } from "../wire/raw-connection.ts";
import { http1Load } from "./http1-load.ts";
import type { LoadClient } from "./load-client.ts";
import { defineLoad } from "./load-kind.ts";
import type { Endpoint, RunningLoad } from "./running-load.ts";
import { CONNECTIONS } from "./setting-schemas.ts";

export const SILENT = defineLoad({
	name: "silent",
	help: "connections that send nothing",
	settings: { connections: CONNECTIONS },
	speaks: "HTTP/1.1",
	steadyOnResponse: false,
	leavesIdle: false,
	losses: PLAIN_LOSSES,
	start: (endpoint, { connections }) => silent(endpoint, { connections }),
});

/** Options of `silent`. */
export interface SilentOptions {
	/** @default 16 */
	readonly connections?: number | undefined;
}

/**
 * Connects and never sends a byte. Steady once all connections are open. Makes no records, except of refused connections.
 * Throws what `LoadRun` throws.
 */
export function silent(endpoint: Endpoint, options: SilentOptions = {}): RunningLoad {
	const { connections = 16 } = options;
	return http1Load(endpoint, {
		name: "silent",
		connections,
		repeats: false,
		steadyOnResponse: false,
		client: (_request, load) => {
			const client: LoadClient<RawConnection> = { opened: () => load.reached(client) };
			return client;
		},
	});
}
