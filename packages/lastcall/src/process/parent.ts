import type { Cluster, Worker } from "node:cluster";
import type { EventEmitter } from "node:events";
import { BroadcastChannel, isMainThread, threadId } from "node:worker_threads";
import { type ThreadWord, threadChannel } from "../core/thread-channel.ts";

/**
 * Hears that the service that this thread belongs to, or the primary of this cluster worker, tells it to stop; and that
 * the primary is gone, of which a worker would die at once. Returns what ends that.
 */
export function onParentStop(heard: () => void): () => void {
	return isMainThread ? onPrimaryStop(heard) : onThreadStop(heard);
}

/**
 * Closes the channel to whoever has forked this process, if there is one: it would keep the process alive. Returns whether
 * there was. Only at the end: what is still to be sent through it would be lost.
 */
export function letGoOfParent(): boolean {
	if (process.connected !== true) return false;
	expectDisconnect(clusterWorker());
	process.disconnect?.();
	return true;
}

function onThreadStop(heard: () => void): () => void {
	const channel = new BroadcastChannel(threadChannel(threadId));
	const say = (word: ThreadWord): void => channel.postMessage(word);
	channel.onmessage = (event) => {
		const { data } = event as unknown as { data: ThreadWord };
		if (data === "who") say("here");
		if (data === "stop") heard();
	};
	channel.unref();
	say("here");
	return () => channel.close();
}

function onPrimaryStop(heard: () => void): () => void {
	const worker = clusterWorker();
	if (worker === undefined) return () => {};
	const listener = (): void => {
		expectDisconnect(worker);
		heard();
	};
	// Asked to disconnect, a worker first waits for all its connections, and doesn't say so: this is how it is asked.
	const asked = (message: { cmd?: unknown; act?: unknown } | undefined): void => {
		if (message?.cmd === "NODE_CLUSTER" && message.act === "disconnect") heard();
	};
	const channel = process as EventEmitter;
	channel.prependListener("internalMessage", asked);
	channel.prependListener("disconnect", listener);
	return () => {
		channel.removeListener("internalMessage", asked);
		channel.removeListener("disconnect", listener);
	};
}

/** Node.js ends a worker with exit code 0, whatever is in flight, when it is disconnected and this isn't set by then. */
function expectDisconnect(worker: Worker | undefined): void {
	if (worker !== undefined) worker.exitedAfterDisconnect = true;
}

/** Asked of Node.js only where there may be one: not everybody needs that module. */
function clusterWorker(): Worker | undefined {
	if (process.connected !== true) return undefined;
	return (process.getBuiltinModule("node:cluster") as unknown as Cluster).worker;
}
