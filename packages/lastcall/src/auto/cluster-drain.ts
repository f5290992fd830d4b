import type { Cluster } from "node:cluster";
import type { EventEmitter } from "node:events";
import { addIntake } from "../core/intake.ts";
import type { ServiceState } from "../core/service-state.ts";
import { ClusterWorkers } from "../resources/cluster-workers.ts";

const NAME = "cluster workers";

/**
 * The workers of a primary. They drain with it, and go on running: the primary's own listeners end them, as they would have done before.
 * Without such listeners they are ended like those of a service.
 */
export class ClusterDrain {
	readonly #cluster: Cluster;
	readonly #workers: ClusterWorkers;

	/** @param isHeld returns true if the primary itself listens for what began the shutdown */
	constructor(cluster: Cluster, state: ServiceState, isHeld: () => boolean) {
		this.#cluster = cluster;
		const workers = new ClusterWorkers(cluster, {
			drainSignal: state.drainSignal,
			reason: () => state.reason,
			stopSignals: () => state.stopSignals,
			// While the program runs, a worker that fails is for the program to replace.
			failed: () => {},
		});
		this.#workers = workers;
		addIntake(state, NAME, () => workers.drain());
		const close = (): unknown => {
			if (isHeld()) return undefined;
			hideEnds(cluster);
			// A worker whose service begins only now drains, too. It must not wait for leave to end then.
			workers.deliver();
			return workers.close();
		};
		state.closers.push(NAME, { close, cut: () => void (isHeld() || workers.cut()) });
	}

	get size(): number {
		return Object.keys(this.#cluster.workers ?? {}).length;
	}

	/** Lets the workers' programs have the signals that were held for them. */
	deliver(): void {
		this.#workers.deliver();
	}
}

/**
 * Keeps the ends of the workers from the program. Without lastcall the signal would have ended the primary before them; with it, a program
 * that replaces its workers would fork new ones for as long as they are ended.
 */
function hideEnds(cluster: Cluster): void {
	for (const emitter of [cluster, ...Object.values(cluster.workers ?? {})]) {
		if (emitter === undefined) continue;
		const { emit } = emitter as EventEmitter;
		(emitter as EventEmitter).emit = (event, ...args) =>
			event !== "exit" && event !== "disconnect" && emit.call(emitter as EventEmitter, event, ...args);
	}
}
