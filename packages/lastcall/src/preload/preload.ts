import type { Cluster } from "node:cluster";
import { subscribe } from "node:diagnostics_channel";
import type { Server } from "node:net";
import { constants } from "node:os";
import { BroadcastChannel, isMainThread, type Worker } from "node:worker_threads";
import type { AutoProgram } from "./auto-program.ts";
import { shadowEmit } from "./shadow-emit.ts";
import { standsAside } from "./stands-aside.ts";

/** Shared by all copies of this package in the process: one of them is enough. */
const KEY = Symbol.for("lastcall.auto");

/** Where a worker thread says that a server listens in it. */
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
	// The microtask of a `require`: nothing of the event loop can come between.
	const load = (then: (program: AutoProgram) => void): void => {
		loading ??= import("../auto/program.ts").then(({ startProgram }) => startProgram());
		void loading.then((loaded) => then((program = loaded)));
	};
	subscribe("tracing:net.server.listen:asyncEnd", (message) => {
		const { server } = message as { server: Server };
		if (program === undefined) load((program) => program.listens(server));
		else program.listens(server);
	});
	if (!isMainThread) return;
	const signals = ["SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"].filter((name) => name in constants.signals);
	shadowEmit(signals as NodeJS.Signals[], (...held) => program?.holds(...held) ?? false);
	const cluster = process.getBuiltinModule("node:cluster") as unknown as Cluster;
	cluster.once("fork", () => load((program) => program.forks(cluster)));
	watchThreads((thread, threadId) => load((program) => program.servesIn(thread, threadId)));
}

/** Bun and Deno have no channel that tells of servers. */
function isWanted(): boolean {
	const { argv, execArgv: flags, env, versions } = process;
	if (versions.bun !== undefined || "Deno" in globalThis) return false;
	const value = env.LASTCALL_AUTO?.trim().toLowerCase() ?? "";
	if (["off", "0", "false", "no"].includes(value)) return false;
	return ["on", "1", "true", "yes"].includes(value) || !standsAside({ main: argv[1], flags, env });
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
