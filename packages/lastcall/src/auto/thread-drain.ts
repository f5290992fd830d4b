import { BroadcastChannel, type Worker } from "node:worker_threads";
import { addIntake } from "../core/intake.ts";
import { type ServiceMessage, threadChannel } from "../core/parent-messages.ts";
import type { ServiceState } from "../core/service-state.ts";

/** The worker threads of this process in which a server listens. Signals come to the main thread only, which tells them to drain. */
export class ThreadDrain {
	readonly #threads = new Map<number, Worker | undefined>();

	constructor(state: ServiceState) {
		addIntake(state, "worker threads", () => Promise.all([...this.#threads].map(([id, thread]) => drain(id, thread))));
	}

	get size(): number {
		return this.#threads.size;
	}

	/** @param thread missing for a thread of a thread: its end is not known */
	add(threadId: number, thread: Worker | undefined): void {
		this.#threads.set(threadId, thread);
		thread?.once("exit", () => this.#threads.delete(threadId));
	}
}

async function drain(threadId: number, thread: Worker | undefined): Promise<void> {
	const channel = new BroadcastChannel(threadChannel(threadId));
	try {
		await new Promise<void>((resolve) => {
			thread?.once("exit", () => resolve());
			channel.onmessage = (event) => {
				const { type } = (event as unknown as { data: ServiceMessage }).data;
				if (type === "drained" || type === "closed") resolve();
			};
			channel.postMessage("drain");
		});
	} finally {
		channel.close();
	}
}
