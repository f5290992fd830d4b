import type { Cluster, Worker } from "node:cluster";
import type { Owner, Resource } from "../core/resource.ts";
import { ChildProcessResource } from "./child-process.ts";
import type { ChildServices } from "./child-services.ts";
import { ClusterListeners } from "./cluster-listeners.ts";

export function isClusterPrimary(thing: unknown): thing is Cluster {
	const { isPrimary, fork, workers } = (thing ?? {}) as Partial<Cluster>;
	return isPrimary === true && typeof fork === "function" && typeof workers === "object";
}

/**
 * The workers of a `node:cluster` primary. All are stopped at the same time, waited for, and killed when time is up. While the
 * service runs, the program replaces a worker that ends.
 */
export class ClusterWorkers implements Resource {
	readonly #cluster: Cluster;
	readonly #owner: Owner;
	/** The workers that have not ended. `cluster.workers` drops a worker as soon as it disconnects. */
	readonly #workers = new Map<Worker, ChildServices>();
	readonly #listeners = new ClusterListeners();
	readonly #children = new Map<Worker, ChildProcessResource>();
	readonly #closing: Promise<void>[] = [];
	#isClosing = false;

	constructor(cluster: Cluster, owner: Owner) {
		this.#cluster = cluster;
		this.#owner = owner;
		for (const worker of Object.values(cluster.workers ?? {})) if (worker !== undefined) this.#add(worker);
		cluster.on("fork", this.#add);
		const stop = (): void => {
			for (const worker of this.#workers.keys()) this.#expectEnd(worker);
		};
		if (owner.drainSignal.aborted) stop();
		else owner.drainSignal.addEventListener("abort", stop, { once: true });
	}

	/**
	 * Asks all workers to drain, and those that are forked meanwhile, or whose service begins meanwhile. Resolves when they have; they go
	 * on running.
	 */
	async drain(): Promise<void> {
		for (;;) {
			const left = [...this.#workers.values()].filter((services) => !services.areDrained);
			if (left.length === 0) return;
			await Promise.all(left.map((services) => services.drain()));
		}
	}

	/** Lets the workers' programs have the signals that were held for them. */
	deliver(): void {
		for (const services of this.#workers.values()) services.deliver();
	}

	async close(): Promise<void> {
		this.#isClosing = true;
		for (const worker of this.#workers.keys()) this.#closing.push(this.#expectEnd(worker).close());
		for (let known = -1; known < this.#closing.length; ) {
			known = this.#closing.length;
			await Promise.allSettled(this.#closing);
		}
		this.#cluster.removeListener("fork", this.#add);
		const results = await Promise.allSettled(this.#closing);
		const errors = results.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
		if (errors.length > 1) throw new AggregateError(errors, `${errors.length} workers failed`);
		if (errors.length === 1) throw errors[0];
	}

	cut(): void {
		for (const child of this.#children.values()) child.cut();
	}

	readonly #add = (worker: Worker): void => {
		this.#workers.set(worker, this.#listeners.watchServices(worker));
		worker.process.once("exit", () => this.#workers.delete(worker));
		if (!this.#owner.drainSignal.aborted) return;
		const child = this.#expectEnd(worker);
		if (this.#isClosing) this.#closing.push(child.close());
	};

	/** Sets the property by which programs see that a worker was stopped on purpose, and do not replace it. */
	#expectEnd(worker: Worker): ChildProcessResource {
		worker.exitedAfterDisconnect = true;
		const child =
			this.#children.get(worker) ?? new ChildProcessResource(worker.process, this.#owner, this.#workers.get(worker));
		this.#children.set(worker, child);
		return child;
	}
}
