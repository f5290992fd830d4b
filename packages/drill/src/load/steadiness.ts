/** Waits until a known number of clients have each reached their steady state. */
export class Steadiness<Client> {
	/** Rejects with the first failure, which nobody needs to handle. */
	readonly promise: Promise<void>;
	readonly #expected: number;
	readonly #reached = new Set<Client>();
	#resolve: () => void = () => {};
	#reject: (reason: Error) => void = () => {};

	constructor(expected: number) {
		this.#expected = expected;
		this.promise = new Promise((resolve, reject) => {
			this.#resolve = resolve;
			this.#reject = reject;
		});
		// Whoever runs a load without waiting for it to be steady must not die of it.
		this.promise.catch(() => {});
	}

	/** How many clients have not reached it yet. */
	get missing(): number {
		return this.#expected - this.#reached.size;
	}

	/** This client is steady. */
	reached(client: Client): void {
		this.#reached.add(client);
		if (this.#reached.size === this.#expected) this.#resolve();
	}

	/** It can't be steady any more, unless it was before. */
	failed(reason: Error): void {
		this.#reject(reason);
	}

	/** This client can't become steady any more, unless it was before. */
	failedFor(client: Client, reason: Error): void {
		if (!this.#reached.has(client)) this.#reject(reason);
	}
}
