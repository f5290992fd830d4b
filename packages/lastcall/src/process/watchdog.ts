import { isMainThread, Worker } from "node:worker_threads";

/** How much longer than the deadline a blocked event loop may live: the program's own end comes first where it can. */
const PATIENCE_MS = 500;

/** Runs in the worker: `process.exit()` would end only the worker, and its console goes through the blocked loop. */
const SOURCE = `
const { writeSync } = require("node:fs");
const { workerData } = require("node:worker_threads");
setTimeout(() => {
	try { writeSync(2, workerData.lastWords); } catch {}
	process.kill(process.pid, "SIGKILL");
}, workerData.ms);
`;

/**
 * Ends the process with SIGKILL some time after the deadline if its event loop is blocked, when neither a timer nor a
 * signal handler can run any more. Begun at the stop reason, so that a running service pays nothing. Returns what
 * calls it off.
 * @param ms until the deadline
 */
export function watchDeadline(ms: number, lastWords: string): () => void {
	// A thread's SIGKILL would end all the others too: whoever has started it can terminate it, blocked or not.
	if (!isMainThread) return () => {};
	try {
		const worker = new Worker(SOURCE, {
			eval: true,
			workerData: { ms: ms + PATIENCE_MS, lastWords },
			// Not the program's own flags (`--import`, loaders): nothing of it should run here.
			execArgv: [],
			env: {},
			stdin: false,
		});
		worker.unref();
		worker.on("error", () => {});
		return () => void worker.terminate();
	} catch {
		// No threads to be had: the deadline holds as long as the loop turns.
		return () => {};
	}
}
