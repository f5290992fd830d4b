import { AsyncResource } from "node:async_hooks";
import type { EventEmitter } from "node:events";
import { Duplex } from "node:stream";
import { HANDLER_FRAME } from "../../core/awaited-stop.ts";
import { claimServer } from "./served-servers.ts";

/** Decides what the program gets of a server's events. */
export interface Gatekeeper {
	/**
	 * Called with every event of the server before the program's listeners, with the first two arguments of the event. Returns
	 * true if it brings a request that waits where requests are held.
	 */
	sees(event: string | symbol, subject: unknown, other: unknown): boolean;
	/** Called with a held request when its turn has come. Returns true if the program may have it. */
	admits(event: string | symbol, subject: unknown, other: unknown): boolean;
	/** Returns true if a held request has to wait beyond the poll that brought it. Called again at each `release()`. */
	waits?(event: string | symbol, subject: unknown): boolean;
	/** Called when the server emits `close`. Returns true if the program gets the event. */
	allowsClose(): boolean;
}

/**
 * Stands between a server and its listeners, so that requests can be seen before a listener responds, and be held back.
 *
 * The trick: it shadows `emit` on this one server. A prepended listener would not do: it is called after one that is prepended
 * later, and it can't hold an event back.
 */
export class Gate {
	readonly #server: EventEmitter;
	/**
	 * The server's own `emit`, if it has one. That of its class is looked up each time, since instrumentation may replace it at
	 * any time.
	 */
	readonly #own: EventEmitter["emit"] | undefined;
	readonly #class: EventEmitter;
	readonly #shadow: EventEmitter["emit"];
	readonly #keeper: Gatekeeper;
	readonly #disclaim: () => void;
	readonly #held: { event: string | symbol; args: unknown[]; scope: AsyncResource }[] = [];
	/** The first argument of each of them. */
	readonly #waiting = new Set<unknown>();
	#state: "open" | "held" | "batched" | "removed" = "open";
	#isReleasing = false;

	/** @param note replaces `keeper.sees` for an event `request` while nothing is held. Returns false where that would not do */
	constructor(server: EventEmitter, keeper: Gatekeeper, note?: (request: never, response: never) => boolean) {
		this.#server = server;
		this.#disclaim = claimServer(server);
		this.#class = Object.getPrototypeOf(server) as EventEmitter;
		this.#own = Object.hasOwn(server, "emit") ? server.emit : undefined;
		this.#keeper = keeper;
		const ofClass = this.#class;
		const { emit } = ofClass;
		const isOfClass = this.#own === undefined;
		// Its name shows on the stack that a request handler is running.
		const { [HANDLER_FRAME]: shadow } = {
			[HANDLER_FRAME]: (event: string | symbol, ...args: unknown[]): boolean => {
				// A running service. V8 makes no array where only its elements are used, and inlines a constant `emit`.
				if (this.#state === "open" && event !== "close" && isOfClass && ofClass.emit === emit) {
					const first = args[0];
					const second = args[1];
					if (event === "request" && args.length === 2 && note?.(first as never, second as never)) {
						return emit.call(server, event, first, second);
					}
					keeper.sees(event, first, second);
					return emit.call(server, event, ...args);
				}
				if (this.#state === "removed") return this.#next.call(server, event, ...args);
				if (keeper.sees(event, args[0], args[1]) && this.#state !== "open") return this.#hold(event, ...args);
				if (event === "close" && !keeper.allowsClose()) return false;
				return this.#next.call(server, event, ...args);
			},
		};
		server.emit = this.#shadow = shadow;
	}

	/**
	 * Gives the server its own `emit` back. If another shadow is on top of this one, this one only passes events on from now on.
	 */
	remove(): void {
		this.#state = "removed";
		this.#disclaim();
		if (this.#server.emit !== this.#shadow) return;
		if (this.#own === undefined) Reflect.deleteProperty(this.#server, "emit");
		else this.#server.emit = this.#own;
	}

	/** From now on, holds the requests that have to wait by the keeper's word. */
	hold(): void {
		this.#state = "held";
	}

	/**
	 * Hands on what was held. From now on, a request is held until the poll that brought it is over. Only then it is
	 * known whether another one came with it, and so which one is the connection's last.
	 */
	batch(): void {
		this.#state = "batched";
		this.release();
	}

	/** Hands on what was held, and holds nothing from now on. */
	open(): void {
		this.#state = "open";
		this.release();
	}

	/** Returns true if this request is held: the program has not seen it. */
	holds(request: unknown): boolean {
		return this.#waiting.has(request);
	}

	get #next(): EventEmitter["emit"] {
		return this.#own ?? this.#class.emit;
	}

	#hold(event: string | symbol, ...args: unknown[]): boolean {
		if (this.#server.listenerCount(event) === 0) return false;
		// A socket that HTTP has handed over, or an HTTP/2 stream, has no other listener for its errors yet.
		for (const arg of args) if (arg instanceof Duplex) arg.on("error", ignore);
		// Keeps the asynchronous context: instrumentation on top of this shadow may have set one for the event.
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

	/** Hands on what was held, except for what has to wait for longer. */
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
				// Uncaught, as it would have been without the gate. The other held requests still get their turn.
				process.nextTick(() => {
					throw error;
				});
			}
		}
	}
}

function ignore(): void {}
