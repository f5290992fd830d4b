import { AsyncResource } from "node:async_hooks";
import type { EventEmitter } from "node:events";
import { Duplex } from "node:stream";

/** What stands at the gate. */
export interface Gatekeeper {
	/**
	 * Sees every event of the server before the program does, with the first two things that it brings. Reports whether it
	 * hands the program a request that waits where requests are held.
	 */
	sees(event: string | symbol, subject: unknown, other: unknown): boolean;
	/** Sees a held request when its turn has come. Reports whether the program may have it. */
	admits(event: string | symbol, subject: unknown, other: unknown): boolean;
	/** Reports whether a held request is to wait beyond the poll that brought it. It is asked again at each `release()`. */
	waits?(event: string | symbol, subject: unknown): boolean;
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
	/** Its own `emit`, where it has one. That of its class is asked for each time: an instrumentation may replace it at any time. */
	readonly #own: EventEmitter["emit"] | undefined;
	readonly #class: EventEmitter;
	readonly #shadow: EventEmitter["emit"];
	readonly #keeper: Gatekeeper;
	readonly #held: { event: string | symbol; args: unknown[]; scope: AsyncResource }[] = [];
	/** The first argument of each of them. */
	readonly #waiting = new Set<unknown>();
	#state: "open" | "held" | "batched" | "removed" = "open";
	#isReleasing = false;

	constructor(server: EventEmitter, keeper: Gatekeeper) {
		this.#server = server;
		this.#class = Object.getPrototypeOf(server) as EventEmitter;
		this.#own = Object.hasOwn(server, "emit") ? server.emit : undefined;
		this.#keeper = keeper;
		server.emit = this.#shadow = (event: string | symbol, ...args: unknown[]): boolean => {
			if (this.#state === "removed") return this.#next.call(server, event, ...args);
			// Not the array: where nobody is handed it, it is never made. This runs for each request of a running service.
			if (keeper.sees(event, args[0], args[1]) && this.#state !== "open") return this.#hold(event, args);
			if (event === "close" && !keeper.closed()) return false;
			return this.#next.call(server, event, ...args);
		};
	}

	/** Gives the server its own `emit` back. Where somebody has shadowed ours, that only passes on from now on. */
	remove(): void {
		this.#state = "removed";
		if (this.#server.emit !== this.#shadow) return;
		if (this.#own === undefined) Reflect.deleteProperty(this.#server, "emit");
		else this.#server.emit = this.#own;
	}

	/** Holds back from now on what the keeper says is to wait. */
	hold(): void {
		this.#state = "held";
	}

	/**
	 * Hands on what was held; from now on a request is held until the poll that brought it is over. Only then it is
	 * known whether another came with it, and so which is the connection's last.
	 */
	batch(): void {
		this.#state = "batched";
		this.release();
	}

	/** Hands on what was held, and holds nothing more. */
	open(): void {
		this.#state = "open";
		this.release();
	}

	/** Reports whether this request is held: the program has not seen it. */
	holds(request: unknown): boolean {
		return this.#waiting.has(request);
	}

	get #next(): EventEmitter["emit"] {
		return this.#own ?? this.#class.emit;
	}

	#hold(event: string | symbol, args: unknown[]): boolean {
		if (this.#server.listenerCount(event) === 0) return false;
		// Nobody else hears yet of the errors of a socket that was taken out of HTTP's hands, or of an HTTP/2 stream.
		for (const arg of args) if (arg instanceof Duplex) arg.on("error", ignore);
		// An instrumentation that has shadowed ours in its turn has put it into a context of its own.
		this.#held.push({ event, args, scope: new AsyncResource("lastcall.held") });
		this.#waiting.add(args[0]);
		if (this.#state === "batched" && !this.#isReleasing) {
			this.#isReleasing = true;
			setImmediate(() => {
				this.#isReleasing = false;
				this.release();
			});
		}
		return true;
	}

	/** Hands on what was held, except what the keeper says is to wait for longer. */
	release(): void {
		for (const held of this.#held.splice(0)) {
			const { event, args, scope } = held;
			if (this.#keeper.waits?.(event, args[0])) {
				this.#held.push(held);
				continue;
			}
			this.#waiting.delete(args[0]);
			if (!this.#keeper.admits(event, args[0], args[1])) continue;
			for (const arg of args) if (arg instanceof Duplex) arg.removeListener("error", ignore);
			try {
				scope.runInAsyncScope(this.#next, this.#server, event, ...args);
			} catch (error) {
				// As uncaught as it would have been without us, but the others still get their turn.
				process.nextTick(() => {
					throw error;
				});
			}
		}
	}
}

function ignore(): void {}
