import type { EventEmitter } from "node:events";

/** The messages of a child or a thread, in order, to be awaited one by one. */
export class Messages {
	readonly #messages: unknown[] = [];
	#wake = (): void => {};

	constructor(emitter: EventEmitter) {
		emitter.on("message", (message) => {
			this.#messages.push(message);
			this.#wake();
		});
	}

	async next(): Promise<unknown> {
		while (this.#messages.length === 0) await new Promise<void>((resolve) => (this.#wake = resolve));
		return this.#messages.shift();
	}
}
