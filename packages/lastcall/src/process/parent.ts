import type { Cluster, Worker } from "node:cluster";
import type { EventEmitter } from "node:events";
import { BroadcastChannel, isMainThread, threadId } from "node:worker_threads";
import {
	type ParentMessage,
	readIpcMessage,
	type ServiceEnd,
	type ServiceMessage,
	threadChannel,
	toIpcMessage,
} from "../core/parent-messages.ts";
import type { Siblings } from "../core/siblings.ts";
import { ClusterSiblings } from "./cluster-siblings.ts";

/** Node.js itself speaks by events that its types don't know. */
const channel = process as EventEmitter;

/** What a service knows of the program that has started its thread, forked child or cluster worker. */
export interface Parent {
	/** The other workers, in a cluster worker. */
	readonly siblings: Siblings | undefined;
	/** Tells the parent how the service ended, and listens no more. */
	leave(end: ServiceEnd): void;
}

/**
 * Calls `heard` when the parent of this thread, forked child or cluster worker tells its services to stop, and when the
 * primary of a cluster worker asks it to disconnect or is gone.
 */
export function onParentStop(heard: () => void): Parent {
	const link = isMainThread ? ipcLink() : threadLink();
	const id = `${process.pid}.${threadId}.${Math.random()}`;
	const worker = isMainThread ? clusterWorker() : undefined;
	const siblings = worker && new ClusterSiblings((word) => link.say({ word, id }));
	const gone = (): void => {
		siblings?.gone();
		heard();
	};
	const ignorePrimary = worker === undefined ? () => {} : onPrimaryStop(worker, heard, gone);
	link.listen((word) => {
		if (word === "who") link.say({ word: "here", id });
		siblings?.hear(word);
		if (word !== "stop") return;
		link.say({ word: "stopping", id });
		heard();
	});
	link.say({ word: "here", id });
	return {
		siblings,
		leave: (end) => {
			link.say({ word: "closed", id, end });
			link.close();
			ignorePrimary();
		},
	};
}

/**
 * Closes the IPC channel to the parent, if there is one: it would keep the process alive. Returns true if there was one.
 * Only at the end: what is still to be sent through it would be lost.
 */
export function letGoOfParent(): boolean {
	if (process.connected !== true) return false;
	expectDisconnect(clusterWorker());
	process.disconnect?.();
	return true;
}

/** A way to the parent and back. */
interface Link {
	listen(hear: (word: ParentMessage) => void): void;
	say(word: ServiceMessage): void;
	close(): void;
}

function threadLink(): Link {
	const broadcast = new BroadcastChannel(threadChannel(threadId));
	broadcast.unref();
	return {
		listen: (hear) => {
			broadcast.onmessage = (event) => hear((event as unknown as { data: ParentMessage }).data);
		},
		say: (word) => broadcast.postMessage(word),
		close: () => broadcast.close(),
	};
}

/** Does nothing where there is no IPC channel. */
function ipcLink(): Link {
	let listener = (_message: unknown): void => {};
	return {
		listen: (hear) => {
			if (process.connected !== true) return;
			listener = (message) => {
				const word = readIpcMessage<ParentMessage>(message);
				if (word !== undefined) hear(word);
			};
			// It doesn't keep the process alive: Node.js counts only listeners of `message` and `disconnect`.
			channel.on("internalMessage", listener);
		},
		say: (word) => {
			// The parent may be gone at any moment, and then needs no word.
			if (process.connected === true) process.send?.(toIpcMessage(word), () => {});
		},
		close: () => void channel.removeListener("internalMessage", listener),
	};
}

function onPrimaryStop(worker: Worker, heard: () => void, gone: () => void): () => void {
	const listener = (): void => {
		expectDisconnect(worker);
		gone();
	};
	// Asked to disconnect, a worker first waits for all its connections, and doesn't say so: this is how it is asked.
	const asked = (message: { cmd?: unknown; act?: unknown } | undefined): void => {
		if (message?.cmd === "NODE_CLUSTER" && message.act === "disconnect") heard();
	};
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

/** Asked of Node.js only where there may be one: not every program needs that module. */
function clusterWorker(): Worker | undefined {
	if (process.connected !== true) return undefined;
	return (process.getBuiltinModule("node:cluster") as unknown as Cluster).worker;
}
