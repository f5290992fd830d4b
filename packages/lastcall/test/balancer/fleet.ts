import { Replica, type ReplicaOptions } from "./replica.ts";

/** Sends requests to the replicas. */
export interface Router {
	/** Resolves when it sends requests to this replica. */
	inService(replica: Replica): Promise<void>;
	/** Resolves when it sends no more requests to this replica, or at the signal. */
	outOfService(replica: Replica, signal: AbortSignal): Promise<void>;
}

/** The replicas of one service, each on a port of its own. */
export class Fleet {
	readonly #options: Omit<ReplicaOptions, "port">;
	readonly #replicas: Replica[];
	/** How each stopped replica ended. */
	readonly exits: (number | NodeJS.Signals | null)[] = [];
	/** True if the router always noticed that a replica was not ready before that began to drain. */
	learnedInTime = true;

	static async start(ports: readonly number[], options: Omit<ReplicaOptions, "port">): Promise<Fleet> {
		return new Fleet(options, await Promise.all(ports.map((port) => Replica.start({ ...options, port }))));
	}

	private constructor(options: Omit<ReplicaOptions, "port">, replicas: Replica[]) {
		this.#options = options;
		this.#replicas = replicas;
	}

	/**
	 * A rolling restart: each replica in turn is stopped and replaced. The next one's turn comes when the successor is
	 * ready and the router sends to it.
	 */
	async roll(router: Router): Promise<void> {
		for (const [slot, old] of this.#replicas.entries()) {
			const drained = new AbortController();
			const ended = old.stop();
			void Promise.race([old.draining, ended]).then(() => drained.abort());
			await router.outOfService(old, drained.signal);
			if (drained.signal.aborted) this.learnedInTime = false;
			this.exits.push(await ended);
			const successor = await Replica.start({ ...this.#options, port: old.port });
			this.#replicas[slot] = successor;
			await router.inService(successor);
		}
	}

	async end(): Promise<void> {
		await Promise.all(this.#replicas.map((replica) => replica.kill()));
	}
}
