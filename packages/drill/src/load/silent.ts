import type { ConnectionEnd } from "../connection-end.ts";
import type { LoadTarget, RunningLoad } from "./load.ts";
import { type LoadClient, LoadRun } from "./load-run.ts";

/** Options of `silent`. */
export interface SilentOptions {
	/** @default 16 */
	readonly connections?: number;
}

/** A load of connections that hold no request. */
export interface SilentLoad extends RunningLoad {
	/** How the connections that are closed by now ended, in the order they did. */
	readonly connectionsEnded: readonly ConnectionEnd[];
}

/**
 * Connects and never sends a byte. Steady once all are open. No records, except of refused connections. Throws what
 * `LoadRun` throws.
 */
export function silent(target: LoadTarget, options: SilentOptions = {}): SilentLoad {
	const { connections = 16 } = options;
	const connectionsEnded: ConnectionEnd[] = [];
	const load = new LoadRun(target, {
		name: "silent",
		connections,
		repeats: false,
		steadyOnAnswer: false,
		client: (run) => {
			const client: LoadClient = {
				opened: () => run.reached(client),
				closed: (end) => connectionsEnded.push(end),
			};
			return client;
		},
	});
	return Object.assign(load, { connectionsEnded });
}
