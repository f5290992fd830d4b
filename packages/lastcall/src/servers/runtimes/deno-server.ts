import type { Drainable, InFlight } from "../../core/drainable.ts";
import { nextPoll } from "../listening/accept-queue.ts";

/** What `Deno.serve()` returns, as far as it is used. */
export interface DenoServer {
	/** Resolves when the server has ended, rejects where it failed. */
	readonly finished: Promise<void>;
	/** Resolves when what was in flight is answered. */
	shutdown(): Promise<void>;
}

/** Reports whether `server` is one that `DenoDrain` can drain. */
export function isDenoServer(server: unknown): server is DenoServer {
	const { finished, shutdown } = (server ?? {}) as Partial<DenoServer>;
	return finished instanceof Promise && typeof shutdown === "function";
}

/**
 * Drains a server of `Deno.serve()` as far as Deno lets us: what is in flight finishes. Deno closes idle connections with the
 * listener and says no `Connection: close`, so a request that crosses is lost; its `node:http` has neither fault.
 */
export class DenoDrain implements Drainable {
	readonly name: string;
	readonly #server: DenoServer;
	#drainingSince: number | undefined;

	constructor(name: string, server: DenoServer) {
		this.name = name;
		this.#server = server;
	}

	/** Deno tells only that something is left, and that only while draining. */
	inFlight(): InFlight[] {
		if (this.#drainingSince === undefined) return [];
		return [{ name: this.name, what: "unfinished requests", ageMs: performance.now() - this.#drainingSince }];
	}

	async drain(): Promise<void> {
		// What had been connected by now is accepted first.
		await nextPoll(0);
		this.#drainingSince = performance.now();
		await this.#server.shutdown();
		this.#drainingSince = undefined;
	}

	/** Deno has no call that ends a request: the end of the process does. */
	cut(): void {}
}
