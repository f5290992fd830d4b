import { BroadcastChannel, type Worker } from "node:worker_threads";
import { addIntake } from "../core/intake.ts";
import { type ServiceMessage, threadChannel } from "../core/parent-messages.ts";
import type { ServiceState } from "../core/service-state.ts";

const NAME = "worker threads";

/**
 * The worker threads of this process in which a server listens. Signals come to the main thread only, which asks them to drain. A thread
 * whose first server listens during the drain is asked at once, and waited for like the others.
 */
export class ThreadDrain {
	readonly #threads = new Map<number, Worker | undefined>();
	readonly #state: ServiceState;

	constructor(state: ServiceState) {
		this.#state = state;
		if (!state.lifecycle.isBefore("draining")) return;
		addIntake(state, NAME, () => Promise.all([...this.#threads].map(([id, thread]) => drain(id, thread))));
	}

	get size(): number {
		return this.#threads.size;
	}

	/** @param thread missing for a thread of a thread: its end is not known */
	add(threadId: number, thread: Worker | undefined): void {
		this.#threads.set(threadId, thread);
		thread?.once("exit", () => this.#threads.delete(threadId));
		const { lifecycle } = this.#state;
		// After the drain the program shuts down by itself.
		if (lifecycle.isBefore("draining") || !lifecycle.isBefore("closing")) return;
		addIntake(this.#state, NAME, () => drain(threadId, thread));
	}
}

/** Asks the service in a thread to drain. Resolves when it has, or when the thread has ended. */
async function drain(threadId: number, thread: Worker | undefined): Promise<void> {
	const channel = new BroadcastChannel(threadChannel(threadId));
	try {
		await new Promise<void>((resolve) => {
			thread?.once("exit", () => resolve());
			channel.onmessage = (event) => {
				const { type } = (event as unknown as { data: ServiceMessage }).data;
				// It begins only now, and has not received what was sent before.
				if (type === "here") channel.postMessage("drain");
				if (type === "drained" || type === "closed") resolve();
			};
			channel.postMessage("drain");
		});
	} finally {
		channel.close();
	}
}
