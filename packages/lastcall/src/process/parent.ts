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

/** The events of Node.js's own messages are not in its types. */
const INTERNAL_EVENTS = process as EventEmitter;

/** What the parent of this thread, forked child or cluster worker wants. */
export interface ParentRequests {
	/** The parent asks this program to stop. */
	stop(): void;
	/** The parent asks only for the drain. */
	drain(): void;
	/** The program may get the signals that were held for it. */
	deliver(): void;
	/**
	 * The primary of a cluster asks this worker to disconnect, or is gone: Node.js closes its listeners.
	 * @param wouldExit true if Node.js would have ended this process now, with exit code 0, because the primary is gone
	 */
	disconnect(wouldExit: boolean): void;
}

/** The program that has started this thread, forked child or cluster worker. */
export interface Parent {
	/** The other workers, in a cluster worker. */
	readonly siblings: Siblings | undefined;
	/** Replies to `drain`: the drain is over. */
	drained(): void;
	/** Sends the parent how the service ended, and stops listening. */
	leave(end: ServiceEnd): void;
}

/** Calls `on` when the parent of this thread, forked child or cluster worker asks for something. */
export function onParentRequest(on: ParentRequests): Parent {
	const link = isMainThread ? ipcLink() : threadLink();
	const id = `${process.pid}.${threadId}.${Math.random()}`;
	const worker = isMainThread ? clusterWorker() : undefined;
	const siblings = worker && new ClusterSiblings((type) => link.send({ type, id }));
	const disconnected = (wasExpected: boolean): void => {
		siblings?.gone();
		on.disconnect(!wasExpected);
	};
	const ignorePrimary =
		worker === undefined ? () => {} : onDisconnect(worker, { asked: () => on.disconnect(false), disconnected });
	link.listen((message) => {
		if (message === "who") link.send({ type: "here", id });
		siblings?.receive(message);
		if (message === "drain" || message === "deliver") on[message]();
		if (message !== "stop") return;
		link.send({ type: "stopping", id });
		on.stop();
	});
	link.send({ type: "here", id });
	return {
		siblings,
		drained: () => link.send({ type: "drained", id }),
		leave: (end) => {
			link.send({ type: "closed", id, end });
			link.close();
			ignorePrimary();
		},
	};
}

/**
 * Closes the IPC channel to the parent, which would keep the process alive. Returns true if there was one. Call it only at the
 * end: messages that are still to be sent would be lost.
 */
export function disconnectFromParent(): boolean {
	if (process.connected !== true) return false;
	expectDisconnect(clusterWorker());
	process.disconnect?.();
	return true;
}

/** A channel to the parent and back. */
interface Link {
	listen(listener: (message: ParentMessage) => void): void;
	send(message: ServiceMessage): void;
	close(): void;
}

function threadLink(): Link {
	const broadcast = new BroadcastChannel(threadChannel(threadId));
	broadcast.unref();
	return {
		listen: (listener) => {
			broadcast.onmessage = (event) => listener((event as unknown as { data: ParentMessage }).data);
		},
		send: (message) => broadcast.postMessage(message),
		close: () => broadcast.close(),
	};
}

/** Does nothing if there is no IPC channel. */
function ipcLink(): Link {
	let onInternalMessage = (_message: unknown): void => {};
	return {
		listen: (listener) => {
			if (process.connected !== true) return;
			onInternalMessage = (ipcMessage) => {
				const message = readIpcMessage<ParentMessage>(ipcMessage);
				if (message !== undefined) listener(message);
			};
			// This does not keep the process alive: Node.js counts only listeners of `message` and `disconnect`.
			INTERNAL_EVENTS.on("internalMessage", onInternalMessage);
		},
		send: (message) => {
			// The parent may be gone at any moment. An error then has no consequence.
			if (process.connected === true) process.send?.(toIpcMessage(message), () => {});
		},
		close: () => void INTERNAL_EVENTS.removeListener("internalMessage", onInternalMessage),
	};
}

/** How a cluster worker loses its primary. */
interface PrimaryEvents {
	/** The primary asks for a disconnect. */
	asked(): void;
	disconnected(wasExpected: boolean): void;
}

function onDisconnect(worker: Worker, on: PrimaryEvents): () => void {
	const onDisconnected = (): void => {
		const wasExpected = worker.exitedAfterDisconnect === true;
		expectDisconnect(worker);
		on.disconnected(wasExpected);
	};
	// The primary asks for a disconnect by this message. Node.js emits `disconnect` only when all connections are closed.
	const onInternalMessage = (message: { cmd?: unknown; act?: unknown } | undefined): void => {
		if (message?.cmd === "NODE_CLUSTER" && message.act === "disconnect") on.asked();
	};
	INTERNAL_EVENTS.prependListener("internalMessage", onInternalMessage);
	INTERNAL_EVENTS.prependListener("disconnect", onDisconnected);
	return () => {
		INTERNAL_EVENTS.removeListener("internalMessage", onInternalMessage);
		INTERNAL_EVENTS.removeListener("disconnect", onDisconnected);
	};
}

/** Without this, Node.js exits a worker that is disconnected, with exit code 0, whatever is in flight. */
function expectDisconnect(worker: Worker | undefined): void {
	if (worker !== undefined) worker.exitedAfterDisconnect = true;
}

/** Loads `node:cluster` only in a process that has a parent with an IPC channel: most programs do not need it. */
function clusterWorker(): Worker | undefined {
	if (process.connected !== true) return undefined;
	return (process.getBuiltinModule("node:cluster") as unknown as Cluster).worker;
}
