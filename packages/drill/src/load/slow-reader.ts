import { checkPositive } from "./check-positive.ts";
import type { LoadTarget, RunningLoad } from "./load.ts";
import { type LoadClient, LoadRun } from "./load-run.ts";

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
}

/**
 * One large answer per connection, read slowly, so that the server has bytes left to send when it is told to stop. Steady
 * once the head of each has arrived. The kernel's receive buffer reads ahead, some 6 MB at most: make the answer larger
 * than that to be sure that the server is still writing. Throws what `LoadRun` throws.
 */
export function slowReader(target: LoadTarget, options: SlowReaderOptions = {}): RunningLoad {
	const { connections = 24, bytesPerRead = 65_536, everyMs = 5, expectBytes } = options;
	checkPositive("bytesPerRead", bytesPerRead);
	return new LoadRun(target, {
		name: "slow-reader",
		connections,
		repeats: false,
		steadyOnAnswer: false,
		expectBytes,
		slow: { bytesPerRead, everyMs },
		client: (run) => {
			const client: LoadClient = {
				opened: (connection) => connection.send([run.request()]),
				answerBegan: () => run.reached(client),
			};
			return client;
		},
	});
}
