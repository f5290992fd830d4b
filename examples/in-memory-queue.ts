/** A message that has to be handled once. */
export interface Message {
	readonly id: number;
}

/** Stands in for a message broker: a received message is not in the queue until it is given back. */
export class InMemoryQueue {
	readonly #messages: Message[] = [];
	readonly #receivers = new Set<(message: Message) => void>();
	#handled = 0;

	constructor(messages: number) {
		for (let id = 1; id <= messages; id++) this.#messages.push({ id });
	}

	/** Resolves to the next message. Once `signal` has aborted it takes none and rejects with the signal's reason. */
	async receive(signal: AbortSignal): Promise<Message> {
		signal.throwIfAborted();
		const next = this.#messages.shift();
		if (next !== undefined) return next;
		return new Promise((resolve, reject) => {
			const receive = (message: Message): void => {
				signal.removeEventListener("abort", giveUp);
				resolve(message);
			};
			const giveUp = (): void => {
				this.#receivers.delete(receive);
				reject(signal.reason);
			};
			this.#receivers.add(receive);
			signal.addEventListener("abort", giveUp, { once: true });
		});
	}

	/** The message has been handled: no consumer gets it again. */
	acknowledge(message: Message): void {
		this.#handled++;
		console.log(`message ${message.id} handled`);
	}

	/** The message has not been handled: the next consumer gets it. */
	giveBack(message: Message): void {
		console.log(`message ${message.id} given back`);
		const [receive] = this.#receivers;
		if (receive === undefined) {
			this.#messages.unshift(message);
		} else {
			this.#receivers.delete(receive);
			receive(message);
		}
	}

	get size(): number {
		return this.#messages.length;
	}

	async close(): Promise<void> {
		console.log(`queue closed: ${this.#handled} handled, ${this.size} wait`);
	}
}
