import type { ParentMessage } from "../core/parent-messages.ts";
import type { Siblings } from "../core/siblings.ts";

/** A primary that doesn't respond for so long is blocked, or gone. */
const RESPONSE_MS = 1_000;

/**
 * The other workers of the cluster, as their primary tells of them. A primary in which lastcall doesn't close the workers
 * (`service.use("workers", cluster)`) tells nothing, and is not waited for.
 */
export class ClusterSiblings implements Siblings {
	readonly #say: (word: "emptying" | "empty" | "listeners-closed") => void;
	readonly #waiting = new Map<ParentMessage, (() => void)[]>();
	#isHelped = false;

	constructor(say: (word: "emptying" | "empty" | "listeners-closed") => void) {
		this.#say = say;
	}

	hear(word: ParentMessage): void {
		if (word === "siblings") this.#isHelped = true;
		this.#resolve(word);
	}

	/** The primary is gone, and has taken its listening sockets with it. */
	gone(): void {
		this.#isHelped = false;
		for (const word of this.#waiting.keys()) this.#resolve(word);
	}

	emptying(): void {
		this.#say("emptying");
	}

	handedOn(): Promise<void> {
		return this.#ask("empty", "handed-on", RESPONSE_MS);
	}

	allClosed(longestMs: number): Promise<void> {
		return this.#ask("listeners-closed", "all-closed", longestMs);
	}

	#ask(word: "empty" | "listeners-closed", response: ParentMessage, longestMs: number): Promise<void> {
		this.#say(word);
		if (!this.#isHelped) return Promise.resolve();
		return new Promise((resolve) => {
			const timer = setTimeout(resolve, longestMs);
			const heard = (): void => {
				clearTimeout(timer);
				resolve();
			};
			this.#waiting.set(response, [...(this.#waiting.get(response) ?? []), heard]);
		});
	}

	#resolve(word: ParentMessage): void {
		for (const resolve of this.#waiting.get(word) ?? []) resolve();
		this.#waiting.delete(word);
	}
}
