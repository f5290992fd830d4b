import { BroadcastChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads";
import { type ParentMessage, type ServiceMessage, threadChannel } from "../core/parent-messages.ts";
import type { Owner, Resource } from "../core/resource.ts";

/** The exit code of a thread that was terminated. `process.exit(1)` in it has the same. */
const TERMINATED = 1;

/**
 * How long a thread has to reply that it has a service, from when it is registered. After that it counts as one without. A thread that computes, or
 * that waits for a processor, replies late.
 */
const REPLY_MS = 1_000;

export function isWorkerThread(thing: unknown): thing is Worker {
	return thing instanceof Worker;
}

/**
 * A worker thread. One that calls `run` itself gets a message and is waited for. Any other is terminated in its turn, since it
 * can't be notified. At the deadline both are terminated.
 */
export class WorkerThread implements Resource {
	readonly #worker: Worker;
	readonly #owner: Owner;
	readonly #channel: BroadcastChannel;
	readonly #ended: Promise<void>;
	/** Resolves when it has replied that it has a service, or has had the time for that. */
	readonly #replied: Promise<void>;
	#hasReplied = (): void => {};
	#hasService = false;
	#isTerminated = false;
	#failure: unknown;

	constructor(worker: Worker, owner: Owner) {
		this.#worker = worker;
		this.#owner = owner;
		this.#channel = new BroadcastChannel(threadChannel(worker.threadId));
		this.#channel.onmessage = (event) => this.#receive((event as unknown as { data: ServiceMessage }).data);
		this.#channel.unref();
		this.#ended = this.#exit();
		this.#replied = new Promise((resolve) => {
			this.#hasReplied = resolve;
			setTimeout(resolve, REPLY_MS).unref();
		});
		this.#send("who");
	}

	async close(): Promise<void> {
		await Promise.race([this.#replied, this.#ended]);
		this.#receiveAll();
		if (this.#hasService) this.#send("stop");
		// A thread that has ended emits no `exit`, and its `terminate()` resolves at once. That its `threadId` is -1 is not documented.
		await (this.#hasService ? this.#ended : Promise.race([this.#ended, this.#terminate()]));
		if (this.#failure !== undefined) throw this.#failure;
	}

	cut(): void {
		void this.#terminate();
	}

	#terminate(): Promise<unknown> {
		this.#isTerminated = true;
		return this.#worker.terminate();
	}

	#receive({ type }: ServiceMessage): void {
		if (type !== "here") return;
		this.#hasService = true;
		this.#hasReplied();
	}

	/** Receives messages that still wait for the event loop: they decide whether the thread is notified or terminated. */
	#receiveAll(): void {
		if (this.#worker.threadId < 0) return;
		const port = this.#channel as unknown as MessagePort;
		for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port)) {
			this.#receive(next.message as ServiceMessage);
		}
	}

	#send(message: ParentMessage): void {
		if (this.#worker.threadId >= 0) this.#channel.postMessage(message);
	}

	#exit(): Promise<void> {
		return new Promise((resolve) => {
			if (this.#worker.threadId < 0) resolve();
			let error: unknown;
			this.#worker.on("error", (thrown) => {
				error = thrown;
				this.#failed(thrown);
			});
			this.#worker.once("exit", (code) => {
				resolve();
				this.#channel.close();
				if (code === 0 || error !== undefined) return;
				// The program may have terminated it. A thread with a service reports a failure itself.
				if (code !== TERMINATED || this.#hasService) this.#failed(new Error(`ended by itself with exit code ${code}`));
			});
		});
	}

	#failed(error: unknown): void {
		if (this.#owner.reason() === undefined) this.#owner.failed(error);
		else if (!this.#isTerminated) this.#failure ??= error;
	}
}
