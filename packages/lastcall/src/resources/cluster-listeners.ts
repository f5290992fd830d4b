import type { Worker } from "node:cluster";
import type { ServiceMessage } from "../core/parent-messages.ts";
import { ChildServices } from "./child-services.ts";

/**
 * Lets the workers of a cluster close their listeners together. The primary owns the listening sockets, and resets what is in
 * their queues when the last worker closes its listener. So a worker asks the primary before it closes: a primary that was late
 * has handed on what waited by the time it replies. And no worker releases its held requests before all workers have closed:
 * the clients would connect again, to a worker that is closing.
 */
export class ClusterListeners {
	/** Services that are emptying their accept queues. */
	readonly #emptying = new Map<string, Worker>();
	/** Workers that have closed their listeners, and hold their requests until all have. */
	readonly #waiting = new Set<ChildServices>();

	/** Tracks the services of `worker`. To be called when the worker starts. */
	watchServices(worker: Worker): ChildServices {
		const services = new ChildServices(worker.process, (message) => this.#receive(message, worker, services));
		worker.process.once("exit", () => {
			for (const [id, owner] of this.#emptying) if (owner === worker) this.#emptying.delete(id);
			this.#waiting.delete(services);
			this.#sendIfAllClosed();
		});
		return services;
	}

	#receive({ type, id }: ServiceMessage, worker: Worker, services: ChildServices): void {
		if (type === "here") services.send("siblings");
		if (type === "emptying") this.#emptying.set(id, worker);
		// After a whole poll, connections that waited have been accepted, and were sent to a worker before this message.
		if (type === "empty") setTimeout(() => setImmediate(() => services.send("handed-on")), 0);
		if (type === "listeners-closed") this.#waiting.add(services);
		if (type !== "listeners-closed" && type !== "closed") return;
		this.#emptying.delete(id);
		this.#sendIfAllClosed();
	}

	#sendIfAllClosed(): void {
		if (this.#emptying.size > 0) return;
		for (const services of this.#waiting) services.send("all-closed");
		this.#waiting.clear();
	}
}
