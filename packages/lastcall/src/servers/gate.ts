import type { EventEmitter } from "node:events";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";

/** The events by which an HTTP server hands a request to the program, each with the request as its first argument. */
const HANDOVERS = new Set<string | symbol>(["request", "checkContinue", "checkExpectation", "upgrade", "connect"]);

/** A request on its way to the program: what follows it is a `ServerResponse`, or the socket of an upgrade. */
export type Handover = [request: IncomingMessage, answer: unknown, ...rest: unknown[]];

/** What stands at the gate. */
export interface Gatekeeper {
	/** Sees every request at the instant it was parsed, before the program does. */
	arrived(event: string, handover: Handover): void;
	/** Sees a held request when its turn has come. Reports whether the program may have it. */
	admits(event: string, handover: Handover): boolean;
	/** Hears the server's `close`. Reports whether the program may hear it too. */
	closed(): boolean;
}

/**
 * Stands between a server and its listeners, so that requests can be seen before any of them answers, and held back.
 * It shadows `emit` on this one server: a listener, even a prepended one, neither comes before one that is prepended
 * later nor can it hold anything back.
 */
export class Gate {
	readonly #server: EventEmitter;
	readonly #emit: EventEmitter["emit"];
	readonly #shadow: EventEmitter["emit"];
	readonly #keeper: Gatekeeper;
	readonly #held: { event: string; handover: Handover }[] = [];
	#state: "open" | "held" | "batched" = "open";

	constructor(server: EventEmitter, keeper: Gatekeeper) {
		this.#server = server;
		this.#emit = server.emit;
		this.#keeper = keeper;
		server.emit = this.#shadow = (event: string | symbol, ...args: unknown[]): boolean => {
			if (HANDOVERS.has(event)) return this.#handOver(event as string, args as Handover);
			if (event === "close" && !keeper.closed()) return false;
			return this.#emit.call(server, event, ...args);
		};
	}

	/** Gives the server its own `emit` back, unless somebody has shadowed ours. */
	remove(): void {
		if (this.#server.emit === this.#shadow) this.#server.emit = this.#emit;
	}

	/** Holds every request back from now on. */
	hold(): void {
		this.#state = "held";
	}

	/**
	 * Hands on what was held; from now on a request is held until the poll that brought it is over. Only then it is
	 * known whether another is pipelined behind it, and so which answer is the connection's last.
	 */
	batch(): void {
		this.#state = "batched";
		this.#release();
	}

	#handOver(event: string, handover: Handover): boolean {
		this.#keeper.arrived(event, handover);
		if (this.#state === "open") return this.#emit.call(this.#server, event, ...handover);
		if (this.#server.listenerCount(event) === 0) return false;
		if (this.#state === "batched" && this.#held.length === 0) setImmediate(() => this.#release());
		this.#held.push({ event, handover });
		return true;
	}

	#release(): void {
		for (const { event, handover } of this.#held.splice(0)) {
			// A request whose client has gone must not be executed: nobody could be told.
			const { socket } = handover[0] as { socket: Duplex };
			if (socket.destroyed || !this.#keeper.admits(event, handover)) continue;
			try {
				this.#emit.call(this.#server, event, ...handover);
			} catch (error) {
				// As uncaught as it would have been without us, but the others still get their turn.
				process.nextTick(() => {
					throw error;
				});
			}
		}
	}
}
