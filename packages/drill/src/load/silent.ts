import type { LoadTarget, RunningLoad } from "./load.ts";
import { type LoadClient, LoadRun } from "./load-run.ts";

/** Options of `silent`. */
export interface SilentOptions {
	/** @default 16 */
	readonly connections?: number;
}

/**
 * Connects and never sends a byte. Steady once all are open. No records, except of refused connections. Throws what
 * `LoadRun` throws.
 */
export function silent(target: LoadTarget, options: SilentOptions = {}): RunningLoad {
	const { connections = 16 } = options;
	return new LoadRun(target, {
		name: "silent",
		connections,
		repeats: false,
		steadyOnAnswer: false,
		client: (run) => {
			const client: LoadClient = { opened: () => run.reached(client) };
			return client;
		},
	});
}
