/** Waits until a known number of clients have each reached their steady state. */
export class Steadiness<Client> {
	/** Rejects with the first failure. It need not be handled. */
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
		// A load can be run without waiting for it to be steady: that must not be an unhandled rejection.
		this.promise.catch(() => {});
	}

	/** How many clients have not reached it yet. */
	get missing(): number {
		return this.#expected - this.#reached.size;
	}

	/** Marks a client as steady. */
	reached(client: Client): void {
		this.#reached.add(client);
		if (this.#reached.size === this.#expected) this.#resolve();
	}

	/** Rejects, unless all clients are steady. */
	failed(reason: Error): void {
		this.#reject(reason);
	}

	/** Rejects, unless this client is steady. */
	failedFor(client: Client, reason: Error): void {
		if (!this.#reached.has(client)) this.#reject(reason);
	}
}
