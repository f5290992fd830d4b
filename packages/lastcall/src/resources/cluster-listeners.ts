import type { Worker } from "node:cluster";
import type { ServiceMessage } from "../core/parent-messages.ts";
import { ChildServices } from "./child-services.ts";

/**
 * Lets the workers of a cluster close their listeners together. The primary owns the listening sockets and resets what
 * is in their queues when the last worker closes its listener. So a worker asks before it closes, whether the primary
 * has anything left to hand on; and no worker releases its held requests before all have closed, since the clients
 * would connect again, to a worker that is closing.
 */
export class ClusterListeners {
	/** Services that are emptying their accept queues. */
	readonly #emptying = new Map<string, Worker>();
	/** Workers that have closed their listeners, and hold their requests until all have. */
	readonly #waiting = new Set<ChildServices>();

	/** The services of `worker`, from its start on. */
	servicesOf(worker: Worker): ChildServices {
		const services = new ChildServices(worker.process, (said) => this.#hear(said, worker, services));
		worker.once("exit", () => {
			for (const [id, owner] of this.#emptying) if (owner === worker) this.#emptying.delete(id);
			this.#waiting.delete(services);
			this.#look();
		});
		return services;
	}

	#hear({ word, id }: ServiceMessage, worker: Worker, services: ChildServices): void {
		if (word === "here") services.say("siblings");
		if (word === "emptying") this.#emptying.set(id, worker);
		// After a whole poll: what waited has been accepted, and was sent to a worker before this is.
		if (word === "empty") setTimeout(() => setImmediate(() => services.say("handed-on")), 0);
		if (word === "listeners-closed") this.#waiting.add(services);
		if (word !== "listeners-closed" && word !== "closed") return;
		this.#emptying.delete(id);
		this.#look();
	}

	#look(): void {
		if (this.#emptying.size > 0) return;
		for (const services of this.#waiting) services.say("all-closed");
		this.#waiting.clear();
	}
}
