import type { EventEmitter } from "node:events";
import { Worker } from "node:worker_threads";

/** The messages of a child or a thread, in order, to be awaited one by one. */
export class Messages {
	readonly #messages: unknown[] = [];
	#wake = (): void => {};
	#end: string | undefined;

	constructor(emitter: EventEmitter) {
		emitter.on("message", (message) => {
			this.#messages.push(message);
			this.#wake();
		});
		// Node.js emits it behind the last message.
		emitter.once(emitter instanceof Worker ? "exit" : "close", (code, signal) => {
			this.#end = `it has ended with ${signal ?? code}`;
			this.#wake();
		});
	}

	/** @throws where no message will come: the test would wait for ever, without a word */
	async next(): Promise<unknown> {
		while (this.#messages.length === 0) {
			if (this.#end !== undefined) throw new Error(`waiting for a message: ${this.#end}`);
			await new Promise<void>((resolve) => (this.#wake = resolve));
		}
		return this.#messages.shift();
	}
}
