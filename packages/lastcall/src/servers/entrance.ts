import type { EventEmitter } from "node:events";
import type { Socket } from "node:net";

/** Emitted in place of a held connection's own event. */
const HELD = Symbol("held");

/**
 * Where a server hands its new connections to the program. While it is held, they wait: clients in a closed loop stop
 * coming, and the accept queue can be emptied. Nothing that they send is lost; it is read when they are handed on.
 */
export class Entrance {
	readonly #server: EventEmitter;
	readonly #event: "connection" | "secureConnection";
	readonly #emit: EventEmitter["emit"];
	readonly #held: Socket[] = [];

	/** Holds the server's new connections from now on. */
	constructor(server: EventEmitter, event: "connection" | "secureConnection") {
		this.#server = server;
		this.#event = event;
		this.#emit = server.emit;
		server.emit = (event: string | symbol, ...args: unknown[]): boolean => {
			if (event !== this.#event) return this.#emit.call(server, event, ...args);
			this.#hold(args[0] as Socket);
			return this.#emit.call(server, HELD);
		};
	}

	/** The event by which the server tells of a connection that it has accepted, held or not. */
	get accepted(): string | symbol {
		return this.#event === "connection" ? HELD : "connection";
	}

	/** Hands on those that were held, and holds no more. */
	open(): void {
		this.#server.emit = this.#emit;
		for (const socket of this.#held.splice(0)) {
			socket.removeListener("error", ignore);
			if (!socket.destroyed) this.#server.emit(this.#event, socket);
		}
	}

	#hold(socket: Socket): void {
		// The program, which would hear of it, doesn't have it yet.
		socket.on("error", ignore);
		this.#held.push(socket);
	}
}

function ignore(): void {}
