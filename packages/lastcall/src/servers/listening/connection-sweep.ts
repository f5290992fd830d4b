import type { AllConnections } from "./all-connections.ts";
import type { DrainPlan } from "./drain-plan.ts";
import type { Gate } from "./gate.ts";
import { Pause } from "./pause.ts";
import { LOOK_EVERY_MS, pauseUntil } from "./visit-due.ts";

/** After the hard stop, nothing is waited for any longer than this. */
const LONGEST_AFTER_CUT_MS = 1_000;

/** Closes the connections of a server that is draining, each when it has waited for long enough. */
export class ConnectionSweep {
	readonly #connections: AllConnections;
	readonly #gate: Gate;
	readonly #isServerOpen: () => boolean;
	readonly #pause = new Pause();
	#sweeping: Promise<void> | undefined;
	#cutAt: number | undefined;

	/**
	 * @param isServerOpen returns true while the server is going to emit `close`, which may come before that of its last socket
	 * @param closed resolves when it has
	 */
	constructor(connections: AllConnections, gate: Gate, isServerOpen: () => boolean, closed: Promise<void>) {
		this.#connections = connections;
		this.#gate = gate;
		this.#isServerOpen = isServerOpen;
		void closed.then(() => this.#pause.end());
	}

	/** Resolves when no connection is left. All callers share one loop. */
	run(plan: DrainPlan): Promise<void> {
		this.#sweeping ??= this.#sweepUntilNoneIsLeft(plan).finally(() => {
			this.#sweeping = undefined;
		});
		return this.#sweeping;
	}

	/**
	 * To be called at the hard stop, when all connections are destroyed. The server's `close` comes soon after that, unless the
	 * program keeps the gate from seeing it: without this the loop would go on for ever.
	 */
	endSoon(): void {
		this.#cutAt = performance.now();
	}

	/** Resolves when the loop is over, if there is one. */
	async ended(): Promise<void> {
		await this.#sweeping;
	}

	/**
	 * Lets idle connections wait for the request that may be on its way, then closes them, until none is left. Requests whose
	 * client has gone have no connection, and are waited for all the same.
	 */
	async #sweepUntilNoneIsLeft(plan: DrainPlan): Promise<void> {
		const lingeredAt = performance.now() + plan.lingerMs;
		// Without connections, the server emits `close` within a turn.
		let emptyMs = 1;
		let nextAt = 0;
		while (this.#isServerOpen() || this.#connections.isBusy) {
			// Right after a poll, so that what had arrived counts: a timer alone would close connections that are not idle.
			const polledAt = await this.#pause.wait(this.#connections.isAny ? pauseUntil(nextAt, plan.lingerMs) : emptyMs);
			if (polledAt === undefined) continue;
			emptyMs = Math.min(2 * emptyMs, LOOK_EVERY_MS);
			if (this.#cutAt !== undefined && polledAt - this.#cutAt > LONGEST_AFTER_CUT_MS) return;
			nextAt = await this.#connections.sweep(plan, polledAt);
			this.#gate.release();
			if (polledAt < lingeredAt || this.#connections.isAny) continue;
			// The rest are connections that were open before the server was served, and had no request since.
			this.#connections.endUnseen();
		}
	}
}
