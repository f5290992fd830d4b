import type { ParentMessage } from "../core/parent-messages.ts";
import type { Siblings } from "../core/siblings.ts";

/** A primary that does not respond in this time is blocked, or gone. */
const RESPONSE_MS = 1_000;
/**
 * Without the primary's help, workers that got the signal at the same time close their listeners about together. In this time
 * the last one has, and its primary has closed the socket: a client that gets its response earlier would connect again, and
 * be reset with the socket.
 */
const UNHELPED_CLOSED_MS = 300;
/** The same for what the primary has accepted, and is on its way to this worker. */
const UNHELPED_HANDED_ON_MS = 50;

/**
 * The other workers of the cluster, through their primary. A primary that does not close its workers by lastcall
 * (`service.use("workers", cluster)`) sends nothing, and a moment is waited in its place.
 */
export class ClusterSiblings implements Siblings {
	readonly #send: (message: "emptying" | "empty" | "listeners-closed") => void;
	readonly #waiting = new Map<ParentMessage, (() => void)[]>();
	#isHelped = false;
	#isGone = false;

	constructor(send: (message: "emptying" | "empty" | "listeners-closed") => void) {
		this.#send = send;
	}

	receive(message: ParentMessage): void {
		if (message === "siblings") this.#isHelped = true;
		this.#resolve(message);
	}

	/** Called when the primary is gone: its listening sockets are closed. */
	gone(): void {
		this.#isGone = true;
		for (const message of this.#waiting.keys()) this.#resolve(message);
	}

	emptying(): void {
		this.#send("emptying");
	}

	handedOn(): Promise<void> {
		return this.#ask("empty", "handed-on", this.#isHelped ? RESPONSE_MS : UNHELPED_HANDED_ON_MS);
	}

	allClosed(longestMs: number): Promise<void> {
		const waitMs = this.#isHelped ? longestMs : Math.min(longestMs, UNHELPED_CLOSED_MS);
		return this.#ask("listeners-closed", "all-closed", waitMs);
	}

	#ask(message: "empty" | "listeners-closed", response: ParentMessage, longestMs: number): Promise<void> {
		this.#send(message);
		if (this.#isGone) return Promise.resolve();
		return new Promise((resolve) => {
			const timer = setTimeout(resolve, longestMs).unref();
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
