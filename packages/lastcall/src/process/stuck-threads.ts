import { subscribe } from "node:diagnostics_channel";
import { readdirSync, readFileSync } from "node:fs";
import type { Worker } from "node:worker_threads";

/** The requests that run on libuv's thread pool. */
const POOL_REQUEST = /^(FSReq|GetAddrInfoReq|GetNameInfoReq)/;
/** The number of the system call in which an idle thread of the pool waits, by architecture. */
const FUTEX: Readonly<Partial<Record<NodeJS.Architecture, number>>> = {
	x64: 202,
	arm64: 98,
	riscv64: 98,
	ppc64: 221,
	s390x: 238,
};
/** How often to look whether the work has ended. */
const LOOK_EVERY_MS = 10;
/** How often to look whether a terminated worker thread has ended, each time after 2 ms. One that runs JavaScript takes some milliseconds. */
const LOOKS_AT_TERMINATION = 150;

/**
 * The worker threads that have not ended. Node.js has no list of them. Those that began before this module was loaded are missing,
 * and so are all in a runtime that does not publish them.
 */
const workers = new Set<Worker>();
subscribe("worker_threads", (message) => {
	const { worker } = message as { worker: Worker };
	workers.add(worker);
	worker.once("exit", () => workers.delete(worker));
});

/**
 * Waits for the work of libuv's thread pool (files, DNS lookups) that is under way now, for `ms` at most. Resolves to the names of
 * what has not ended by then. `process.exit()` would wait for that, without a time limit.
 */
export async function stuckInPool(ms: number): Promise<string[]> {
	let [requests, threads] = [activeRequests(), busyPoolThreads()];
	for (const end = performance.now() + ms; requests.length + threads.length > 0 && performance.now() < end; ) {
		await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
		const [stillActive, stillBusy] = [new Set(activeRequests()), new Set(busyPoolThreads())];
		requests = requests.filter((request) => stillActive.has(request));
		threads = threads.filter((thread) => stillBusy.has(thread));
	}
	return requests.length > 0 ? requests.map(className) : threads.map((id) => `libuv thread ${id}`);
}

/**
 * Returns the requests that the pool works on. `_getActiveRequests` is undocumented. It distinguishes one request from the next, which
 * the documented list of names does not. Without it they are not known. On Node.js 26 it does not have all of them.
 */
function activeRequests(): object[] {
	const all = (process as { _getActiveRequests?: () => object[] })._getActiveRequests?.() ?? [];
	return all.filter((request) => POOL_REQUEST.test(className(request)));
}

/** Returns the threads of the pool that are not waiting for work. Known on Linux, where libuv names them (late releases of Node.js 22, and 24). */
function busyPoolThreads(): string[] {
	const futex = FUTEX[process.arch];
	if (process.platform !== "linux" || futex === undefined) return [];
	try {
		return readdirSync("/proc/self/task").filter((id) => {
			const read = (file: string): string => readFileSync(`/proc/self/task/${id}/${file}`, "utf8");
			return read("comm").trim() === "libuv-worker" && !read("syscall").startsWith(`${futex} `);
		});
	} catch {
		// There is no /proc, or a thread has just ended.
		return [];
	}
}

/**
 * Terminates all worker threads, as `process.exit()` does, and waits for them without a turn of the event loop. Returns the names
 * of those that have not ended. They are in a native call (`execFileSync`, a synchronous database), which `process.exit()` would
 * wait for.
 */
export function stuckWorkers(): string[] {
	if (workers.size === 0) return [];
	const cell = new Int32Array(new SharedArrayBuffer(4));
	for (const worker of workers) void worker.terminate();
	let running = [...workers].filter(isRunning);
	// Counted, not timed: a machine that stands still for as long gives the threads no time either.
	for (let look = 0; running.length > 0 && look < LOOKS_AT_TERMINATION; look++) {
		Atomics.wait(cell, 0, 0, 2);
		running = running.filter(isRunning);
	}
	return running.map(({ threadId }) => `worker thread ${threadId}`);
}

/**
 * Returns true if the worker thread has not ended. This is the only way to know without a turn of the event loop: the loop of an
 * ended thread has no idle time, or a negative one. A thread that has not begun to run its script counts as ended.
 */
function isRunning(worker: Worker): boolean {
	const { idle, active } = worker.performance.eventLoopUtilization();
	return idle > 0 || (idle === 0 && active > 0);
}

function className(request: object): string {
	return request.constructor.name;
}
