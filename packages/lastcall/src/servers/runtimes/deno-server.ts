import type { Drainable, InFlight } from "../../core/drainable.ts";
import { nextPoll } from "../listening/accept-queue.ts";

/** The part of what `Deno.serve()` returns that is used. */
export interface DenoServer {
	/** Resolves when the server has ended, rejects if it failed. */
	readonly finished: Promise<void>;
	/** Resolves when all requests in flight have their responses. */
	shutdown(): Promise<void>;
}

/** Returns true if `server` is one that `DenoDrain` can drain. */
export function isDenoServer(server: unknown): server is DenoServer {
	const { finished, shutdown } = (server ?? {}) as Partial<DenoServer>;
	return finished instanceof Promise && typeof shutdown === "function";
}

/**
 * Drains a server of `Deno.serve()`: what is in flight finishes. Deno closes idle connections with the listener and sends no
 * `Connection: close`, so a request that crosses the close is lost. Deno's `node:http` has neither fault.
 */
export class DenoDrain implements Drainable {
	readonly name: string;
	readonly #server: DenoServer;
	#drainingSince: number | undefined;

	constructor(name: string, server: DenoServer) {
		this.name = name;
		this.#server = server;
	}

	/** Deno only shows that something is left, and that only while draining. */
	inFlight(): InFlight[] {
		if (this.#drainingSince === undefined) return [];
		return [{ name: this.name, what: "unfinished requests", ageMs: performance.now() - this.#drainingSince }];
	}

	async drain(): Promise<void> {
		// Connections that are in the accept queue now are accepted first.
		await nextPoll(0);
		this.#drainingSince = performance.now();
		await this.#server.shutdown();
		this.#drainingSince = undefined;
	}

	/** Deno has no call that ends a request: the end of the process ends it. */
	cut(): void {}
}
