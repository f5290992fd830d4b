import type { Drainable, InFlight } from "../../core/drainable.ts";
import { nextPoll } from "../listening/accept-queue.ts";

/** The part of what `Bun.serve()` returns that is used. */
export interface BunServer {
	readonly pendingRequests: number;
	readonly pendingWebSockets: number;
	stop(closeActiveConnections?: boolean): Promise<void>;
}

/** Returns true if `server` is one that `BunDrain` can drain. */
export function isBunServer(server: unknown): server is BunServer {
	const { pendingRequests, pendingWebSockets, stop } = (server ?? {}) as Partial<BunServer>;
	return typeof pendingRequests === "number" && typeof pendingWebSockets === "number" && typeof stop === "function";
}

/** How often to look whether something is in flight: the promise of `stop()` doesn't wait for requests. */
const LOOK_EVERY_MS = 20;

/**
 * Drains a server of `Bun.serve()`: what is in flight finishes. Bun closes idle connections with the listener and sends no
 * `Connection: close`, so a request that crosses the close is lost. Bun's `node:http` has neither fault.
 */
export class BunDrain implements Drainable {
	readonly name: string;
	readonly #server: BunServer;
	#drainingSince: number | undefined;
	#isCut = false;

	constructor(name: string, server: BunServer) {
		this.name = name;
		this.#server = server;
	}

	/** Bun only counts them: it shows neither their paths nor their age, so their age is that of the drain. */
	inFlight(): InFlight[] {
		const ageMs = this.#drainingSince === undefined ? 0 : performance.now() - this.#drainingSince;
		const entries = [
			{ count: this.#server.pendingRequests, what: "request" },
			{ count: this.#server.pendingWebSockets, what: "upgraded connection" },
		];
		return entries
			.filter(({ count }) => count > 0)
			.map(({ count, what }) => ({ name: this.name, what: count === 1 ? `1 ${what}` : `${count} ${what}s`, ageMs }));
	}

	async drain(): Promise<void> {
		if (this.#drainingSince === undefined) {
			this.#drainingSince = performance.now();
			// Connections that are in the accept queue now are accepted first.
			await nextPoll(0);
			void this.#server.stop(false);
		}
		while (this.inFlight().length > 0 && !this.#isCut) await nextPoll(LOOK_EVERY_MS);
	}

	cut(): void {
		this.#isCut = true;
		void this.#server.stop(true);
	}
}
