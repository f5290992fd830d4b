import type { LoadTarget, RunningLoad } from "./load.ts";
import { LoadRun } from "./load-run.ts";

/** Options of `backToBack`. */
export interface BackToBackOptions {
	/** @default 32 */
	readonly connections?: number;
}

/**
 * A closed loop on kept-alive connections: the next request goes out in the instant its answer has arrived. A connection
 * that ends is replaced at once, a refused one after 20 ms. Throws what `LoadRun` throws.
 */
export function backToBack(target: LoadTarget, options: BackToBackOptions = {}): RunningLoad {
	const { connections = 32 } = options;
	return new LoadRun(target, {
		name: "back-to-back",
		connections,
		repeats: true,
		steadyOnAnswer: true,
		client: (run) => ({
			opened: (connection) => connection.send([run.request()]),
			settled: (connection) => {
				if (connection.usable) connection.send([run.request()]);
			},
		}),
	});
}
