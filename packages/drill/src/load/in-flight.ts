import type { LoadTarget, RunningLoad } from "./load.ts";
import { type LoadClient, LoadRun } from "./load-run.ts";

/** Options of `inFlight`. */
export interface InFlightOptions {
	/** @default 32 */
	readonly connections?: number;
}

/**
 * One request per connection, sent once, for a path that takes its time. Steady once the kernel has all of them. Throws
 * what `LoadRun` throws.
 */
export function inFlight(target: LoadTarget, options: InFlightOptions = {}): RunningLoad {
	const { connections = 32 } = options;
	return new LoadRun(target, {
		name: "in-flight",
		connections,
		repeats: false,
		steadyOnAnswer: false,
		client: (run) => {
			const client: LoadClient = {
				opened: (connection) => connection.send([run.request()], undefined, () => run.reached(client)),
			};
			return client;
		},
	});
}
