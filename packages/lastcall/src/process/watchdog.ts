import { isMainThread, Worker } from "node:worker_threads";

/** How long an event loop may take to respond at the deadline before it counts as blocked. */
const PATIENCE_MS = 500;
/** How long the last words may take: standard error may be a terminal that is stopped (Ctrl+S), where a write never returns. */
const LAST_WORDS_MS = 100;

/**
 * Runs in the worker. `process.exit()` would end only the worker, and its console goes through the blocked loop.
 *
 * It asks the main thread whether its loop turns, rather than trusting its own timer: after SIGSTOP and SIGCONT (`docker pause`)
 * all timers are overdue, and the main thread must have its turn first. A timer of its own that is late says that this thread
 * did not run either: it asks once more.
 *
 * The kernel ignores a SIGKILL that PID 1 sends to itself. There the inspector interrupts the blocked JavaScript.
 */
const SOURCE = `
const { write } = require("node:fs");
const { parentPort, workerData: { ms, patienceMs, lastWords, lastWordsMs, exit } } = require("node:worker_threads");
let isTurning = false;
parentPort.on("message", () => { isTurning = true; });
setTimeout(ask, ms);
function ask() {
	isTurning = false;
	parentPort.postMessage("turning?");
	const askedAt = performance.now();
	setTimeout(() => {
		const isLate = performance.now() - askedAt > patienceMs * 1.25;
		if (isTurning || isLate) ask();
		else end();
	}, patienceMs);
}
function end() {
	let isEnding = false;
	const kill = () => {
		if (isEnding) return;
		isEnding = true;
		process.kill(process.pid, "SIGKILL");
		if (process.pid !== 1) return;
		const session = new (require("node:inspector").Session)();
		session.connectToMainThread();
		session.post("Runtime.evaluate", { expression: exit });
	};
	if (lastWords !== "") {
		write(2, lastWords, kill);
		setTimeout(kill, lastWordsMs);
	} else kill();
}
`;

/** Ends the process at once with exit code 1, as text: what the inspector evaluates in the main thread. */
const EXIT = `
typeof process.execve === "function"
	? process.execve(process.execPath, [process.execPath, "-e", "process.exit(1)"], {})
	: process.reallyExit === undefined ? process.abort() : process.reallyExit(1);
`;

/**
 * Ends the process some time after the deadline if its event loop is blocked, when neither a timer nor a signal handler can
 * run any more: with SIGKILL, or as PID 1, which can't kill itself, with exit code 1 if it is JavaScript that blocks. Begun at
 * the stop reason, so that a running service pays nothing. Returns what calls it off.
 * @param ms until the deadline
 */
export function watchDeadline(ms: number, lastWords: string): () => void {
	// A thread's SIGKILL would end all the others too: the one that has started it can terminate it, blocked or not.
	if (!isMainThread) return () => {};
	try {
		const worker = new Worker(SOURCE, {
			eval: true,
			workerData: { ms, patienceMs: PATIENCE_MS, lastWords, lastWordsMs: LAST_WORDS_MS, exit: EXIT },
			// Not the program's own flags (`--import`, loaders): nothing of it should run here.
			execArgv: [],
			env: {},
			stdin: false,
		});
		worker.on("error", () => {});
		worker.on("message", () => worker.postMessage("turning"));
		worker.unref();
		return () => {
			void worker.terminate();
			// `terminate()` lets it hold the event loop until it has ended.
			worker.unref();
		};
	} catch {
		// No threads to be had: the deadline holds as long as the loop turns.
		return () => {};
	}
}
