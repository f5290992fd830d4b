import { BroadcastChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads";
import { type ParentMessage, type ServiceMessage, threadChannel } from "../core/parent-messages.ts";
import type { Owner, Resource } from "../core/resource.ts";

/** What `terminate()` ends a thread with; `process.exit(1)` does too. */
const TERMINATED = 1;

/** How long a thread has had to say whether it has a service, before it is taken for one that has none. */
const ANSWER_MS = 200;

export function isWorkerThread(thing: unknown): thing is Worker {
	return thing instanceof Worker;
}

/**
 * A worker thread. One that calls `run` itself is told and waited for; any other is terminated in its turn, as it could not
 * know. Terminated is also the first when time is up.
 */
export class WorkerThread implements Resource {
	readonly #worker: Worker;
	readonly #owner: Owner;
	readonly #channel: BroadcastChannel;
	readonly #ended: Promise<void>;
	/** Resolves when it has said whether it has a service, or had the time to. */
	readonly #answered: Promise<void>;
	#hasAnswered = (): void => {};
	#hasService = false;
	#isTerminated = false;
	#failure: unknown;

	constructor(worker: Worker, owner: Owner) {
		this.#worker = worker;
		this.#owner = owner;
		this.#channel = new BroadcastChannel(threadChannel(worker.threadId));
		this.#channel.onmessage = (event) => this.#hear((event as unknown as { data: ServiceMessage }).data);
		this.#channel.unref();
		this.#ended = this.#exit();
		this.#answered = new Promise((resolve) => {
			this.#hasAnswered = resolve;
			setTimeout(resolve, ANSWER_MS).unref();
		});
		this.#say("who");
	}

	async close(): Promise<void> {
		await Promise.race([this.#answered, this.#ended]);
		this.#hearAll();
		if (this.#hasService) this.#say("stop");
		else this.cut();
		await this.#ended;
		if (this.#failure !== undefined) throw this.#failure;
	}

	cut(): void {
		this.#isTerminated = true;
		void this.#worker.terminate();
	}

	#hear({ word }: ServiceMessage): void {
		if (word !== "here") return;
		this.#hasService = true;
		this.#hasAnswered();
	}

	/** What has been said and is still on its way through the event loop: it decides between telling and terminating. */
	#hearAll(): void {
		if (this.#worker.threadId < 0) return;
		const port = this.#channel as unknown as MessagePort;
		for (let said = receiveMessageOnPort(port); said !== undefined; said = receiveMessageOnPort(port)) {
			this.#hear(said.message as ServiceMessage);
		}
	}

	#say(word: ParentMessage): void {
		if (this.#worker.threadId >= 0) this.#channel.postMessage(word);
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
				// The program may have terminated it; one with a service says so when it fails.
				if (code !== TERMINATED || this.#hasService) this.#failed(new Error(`ended by itself with exit code ${code}`));
			});
		});
	}

	#failed(error: unknown): void {
		if (this.#owner.reason() === undefined) this.#owner.failed(error);
		else if (!this.#isTerminated) this.#failure ??= error;
	}
}
