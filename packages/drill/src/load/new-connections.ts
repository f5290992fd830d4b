import type { LoadTarget, RunningLoad } from "./load.ts";
import { LoadRun } from "./load-run.ts";

/** Options of `newConnections`. */
export interface NewConnectionsOptions {
	/**
	 * Connections at the same time.
	 * @default 64
	 */
	readonly concurrency?: number;
}

/**
 * A closed loop of new connections with one request each, written in the instant the connection opens. It doesn't say
 * `Connection: close`; the client ends the connection after the answer. Each leaves a local port in TIME_WAIT, of which
 * Linux takes those of the loopback back after a second. Throws what `LoadRun` throws.
 */
export function newConnections(target: LoadTarget, options: NewConnectionsOptions = {}): RunningLoad {
	const { concurrency = 64 } = options;
	return new LoadRun(target, {
		name: "new-connections",
		connections: concurrency,
		repeats: true,
		steadyOnAnswer: true,
		client: (run) => ({
			opened: (connection) => connection.send([run.request()]),
			settled: (connection) => connection.close(),
		}),
	});
}
