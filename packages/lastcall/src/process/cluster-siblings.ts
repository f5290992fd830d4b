import type { ParentMessage } from "../core/parent-messages.ts";
import type { Siblings } from "../core/siblings.ts";

/** A primary that does not respond in this time is blocked, or gone. */
const RESPONSE_MS = 1_000;

/**
 * The other workers of the cluster, through their primary. A primary that does not close its workers by lastcall
 * (`service.use("workers", cluster)`) sends nothing, and is not waited for.
 */
export class ClusterSiblings implements Siblings {
	readonly #send: (message: "emptying" | "empty" | "listeners-closed") => void;
	readonly #waiting = new Map<ParentMessage, (() => void)[]>();
	#isHelped = false;

	constructor(send: (message: "emptying" | "empty" | "listeners-closed") => void) {
		this.#send = send;
	}

	receive(message: ParentMessage): void {
		if (message === "siblings") this.#isHelped = true;
		this.#resolve(message);
	}

	/** Called when the primary is gone: its listening sockets are closed. */
	gone(): void {
		this.#isHelped = false;
		for (const message of this.#waiting.keys()) this.#resolve(message);
	}

	emptying(): void {
		this.#send("emptying");
	}

	handedOn(): Promise<void> {
		return this.#ask("empty", "handed-on", RESPONSE_MS);
	}

	allClosed(longestMs: number): Promise<void> {
		return this.#ask("listeners-closed", "all-closed", longestMs);
	}

	#ask(message: "empty" | "listeners-closed", response: ParentMessage, longestMs: number): Promise<void> {
		this.#send(message);
		if (!this.#isHelped) return Promise.resolve();
		return new Promise((resolve) => {
			const timer = setTimeout(resolve, longestMs);
			const onResponse = (): void => {
				clearTimeout(timer);
				resolve();
			};
			this.#waiting.set(response, [...(this.#waiting.get(response) ?? []), onResponse]);
		});
	}

	#resolve(message: ParentMessage): void {
		for (const resolve of this.#waiting.get(message) ?? []) resolve();
		this.#waiting.delete(message);
	}
}
