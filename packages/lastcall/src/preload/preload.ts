import type { Cluster } from "node:cluster";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Server } from "node:net";
import { constants } from "node:os";
import { inspect } from "node:util";
import { BroadcastChannel, isMainThread, threadId, type Worker } from "node:worker_threads";
import type { AutoProgram } from "../auto/auto-program.ts";
import { shadowEmit } from "./shadow-emit.ts";
import { standsAside } from "./stands-aside.ts";

/** Shared by all copies of this package in the process: one of them is enough. */
const KEY = Symbol.for("lastcall.auto");

/** The name of the `BroadcastChannel` on which a worker thread sends its id when a server listens in it. */
const THREADS_CHANNEL = "lastcall.threads";

/**
 * Prepares a process for `lastcall/auto` before its program is loaded. Loads nothing else of lastcall until the program listens on a
 * port, forks a cluster worker, or a worker thread of it listens.
 */
export function preload(): void {
	const state = globalThis as { [KEY]?: unknown };
	if (state[KEY] !== undefined || !isWanted()) return;
	state[KEY] = {};
	let program: AutoProgram | undefined;
	let loading: Promise<AutoProgram> | undefined;
	// In the bundle it is a `require` in a microtask: no connection and no signal can come before.
	const load = (then: (program: AutoProgram) => void): void => {
		loading ??= import("../auto/program.ts").then(({ startProgram }) => {
			program = startProgram();
			return program;
		});
		loading.then(then).catch(fail);
	};
	subscribe("tracing:net.server.listen:asyncEnd", (message) => {
		const { server } = message as { server: Server };
		if (!isMainThread && loading === undefined) announce();
		if (program === undefined) load((program) => program.listens(server));
		else attempt(() => program?.listens(server));
	});
	if (!isMainThread) return;
	const signals = ["SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"].filter((name) => name in constants.signals);
	shadowEmit(signals as NodeJS.Signals[], (...held) => attempt(() => program?.holds(...held)) ?? false);
	watchForks((cluster) => load((program) => program.forks(cluster)));
	watchThreads((thread, threadId) => load((program) => program.servesIn(thread, threadId)));
}

/** Calls `call`, which must not harm the program. */
function attempt<T>(call: () => T): T | undefined {
	try {
		return call();
	} catch (error) {
		fail(error);
		return undefined;
	}
}

/** The program goes on without lastcall. */
function fail(error: unknown): void {
	process.stderr.write(`lastcall: lastcall/auto does not drain this program: ${inspect(error)}\n`);
}

function isWanted(): boolean {
	const { argv, execArgv: flags, env, versions } = process;
	if (versions.bun !== undefined || "Deno" in globalThis) {
		process.stderr.write("lastcall: lastcall/auto does nothing here: only Node.js tells of the servers that listen\n");
		return false;
	}
	const value = env.LASTCALL_AUTO?.trim().toLowerCase() ?? "";
	if (["off", "0", "false", "no"].includes(value)) return false;
	return ["on", "1", "true", "yes"].includes(value) || !standsAside({ main: argv[1], flags, env });
}

/**
 * Calls `onFork` when the program forks its first cluster worker. Loads `node:cluster` when the program starts its first child process:
 * most programs do not need it. `cluster.fork()` emits `fork` in a later tick.
 */
function watchForks(onFork: (cluster: Cluster) => void): void {
	const started = (): void => {
		unsubscribe("child_process", started);
		const cluster = process.getBuiltinModule("node:cluster") as unknown as Cluster;
		cluster.once("fork", () => onFork(cluster));
	};
	subscribe("child_process", started);
}

/** Lets the main thread know that a server listens in this thread, before the rest of lastcall is loaded here. */
function announce(): void {
	const channel = new BroadcastChannel(THREADS_CHANNEL);
	channel.postMessage(threadId);
	channel.close();
}

/** Calls `onServer` for each worker thread in which a server listens. `thread` is missing for a thread of a thread. */
function watchThreads(onServer: (thread: Worker | undefined, threadId: number) => void): void {
	const threads = new Map<number, Worker>();
	let channel: BroadcastChannel | undefined;
	process.on("worker", (worker) => {
		threads.set(worker.threadId, worker);
		worker.once("exit", () => threads.forEach((one, id) => void (one === worker && threads.delete(id))));
		if (channel !== undefined) return;
		channel = new BroadcastChannel(THREADS_CHANNEL);
		channel.onmessage = (event) => {
			const threadId = Number((event as unknown as { data: unknown }).data);
			onServer(threads.get(threadId), threadId);
		};
		channel.unref();
	});
}
