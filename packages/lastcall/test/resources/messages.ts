import type { EventEmitter } from "node:events";

/** The messages of a child or a thread, in order, to be awaited one by one. */
export class Messages {
	readonly #said: unknown[] = [];
	#wake = (): void => {};

	constructor(emitter: EventEmitter) {
		emitter.on("message", (message) => {
			this.#said.push(message);
			this.#wake();
		});
	}

	async next(): Promise<unknown> {
		while (this.#said.length === 0) await new Promise<void>((resolve) => (this.#wake = resolve));
		return this.#said.shift();
	}
}
