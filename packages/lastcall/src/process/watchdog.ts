import { isMainThread, Worker } from "node:worker_threads";

/** How long an event loop may take to respond at the deadline before it counts as blocked. */
const PATIENCE_MS = 500;
/** How long the last line may take. Standard error may be a terminal that is stopped (Ctrl+S), where a write never returns. */
const LAST_LINE_MS = 200;

/**
 * The code of the worker thread. It cannot use `process.exit()`, which would end only the worker, nor `console`, which goes through the
 * blocked event loop.
 *
 * It asks the main thread whether its loop turns, and does not trust its own timer alone: after SIGSTOP and SIGCONT (`docker pause`)
 * all timers are overdue, and the main thread must have its turn first. If its own timer is late, this thread did not run
 * either, so it asks once more.
 *
 * The kernel ignores a SIGKILL that PID 1 sends to itself. There, the inspector interrupts the blocked JavaScript.
 */
const SOURCE = `
const { write } = require("node:fs");
const { parentPort, workerData: { ms, patienceMs, lastLine, lastLineMs, exit } } = require("node:worker_threads");
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
	if (lastLine === "") return kill();
	write(2, lastLine, kill);
	// In ten steps: on a busy machine the thread that writes has to get the CPU too, which one timer could miss.
	let steps = 0;
	const wait = () => (steps++ < 10 ? setTimeout(wait, lastLineMs / 10) : kill());
	wait();
}
`;

/** What the inspector evaluates in the main thread: it ends the process at once, with exit code 1. */
const EXIT = `
typeof process.execve === "function"
	? process.execve(process.execPath, [process.execPath, "-e", "process.exit(1)"], {})
	: process.reallyExit === undefined ? process.abort() : process.reallyExit(1);
`;

/**
 * Ends the process some time after the deadline if the event loop is blocked, when no timer and no signal handler can run: by SIGKILL.
 * PID 1, which cannot kill itself, ends with exit code 1 if JavaScript blocks it. Call it at the stop reason, so that it costs a
 * running service nothing. Returns a function that calls it off.
 * @param ms milliseconds until the deadline
 * @param lastLine what to write to standard error first, or an empty string
 */
export function watchDeadline(ms: number, lastLine: string): () => void {
	// SIGKILL would end the whole process. The parent of a thread can terminate it, even if it is blocked.
	if (!isMainThread) return () => {};
	try {
		const worker = new Worker(SOURCE, {
			eval: true,
			workerData: { ms, patienceMs: PATIENCE_MS, lastLine, lastLineMs: LAST_LINE_MS, exit: EXIT },
			// Not the flags of the program (`--import`, loaders): none of its code should run here.
			execArgv: [],
			env: {},
			stdin: false,
		});
		worker.on("error", () => {});
		worker.on("message", () => worker.postMessage("turning"));
		worker.unref();
		return () => {
			void worker.terminate();
			// `terminate()` makes the thread keep the event loop alive until it has ended.
			worker.unref();
		};
	} catch {
		// No thread could be started: the deadline holds only while the event loop turns.
		return () => {};
	}
}
