import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { Linger } from "../listening/linger.ts";
import { type SignsOfLife, signsOfLife } from "../listening/signs-of-life.ts";
import { type Patience, Peer } from "./peer.ts";

/** How a connection says goodbye in its protocol's own words. */
export type Goodbye<S extends Duplex = Socket> = (socket: S) => unknown;

/** A connection that is in flight from its first byte to its last, unless it is told how to end. */
export class SocketPeer extends Peer {
	protected readonly socket: Duplex;
	readonly #goodbye: Goodbye<Duplex> | undefined;

	/** @param goodbye without it, the connection is waited for until it ends by itself */
	constructor(name: string, what: string, socket: Duplex, goodbye: Goodbye<Duplex> | undefined) {
		super(name, what);
		this.socket = socket;
		this.#goodbye = goodbye;
	}

	override get hasEnded(): boolean {
		return this.socket.closed;
	}

	override get hasWord(): boolean {
		return this.#goodbye !== undefined;
	}

	override get signs(): SignsOfLife {
		return signsOfLife(this.socket);
	}

	override isReady(_patience: Patience): boolean {
		return this.hasWord;
	}

	override goodbye(): unknown {
		return this.#goodbye?.(this.socket);
	}

	override cut(): void {
		this.socket.destroy();
	}
}

/** A connection of which only the program's units are in flight: between two of them it is idle, and lingers. */
export class IdlePeer extends SocketPeer {
	readonly #tcp: Socket;
	readonly #linger = new Linger();

	constructor(name: string, what: string, socket: Socket, goodbye: Goodbye<Duplex> | undefined) {
		super(name, what, socket, goodbye);
		this.#tcp = socket;
	}

	override get isInFlight(): boolean {
		return this.isTold;
	}

	override leave(dueAt: number): void {
		this.#linger.restart(this.#tcp.bytesRead, dueAt);
	}

	/** One that is never quiet for that long is told between two units after twice the time. */
	override isReady({ lingerMs, polledAt }: Patience): boolean {
		const { bytesRead: received, writableLength } = this.#tcp;
		return this.#linger.isOver({ polledAt, received, isActive: writableLength > 0 }, { silentMs: lingerMs });
	}

	override goodbye(): unknown {
		// Not `end()`: after a half-close, what crosses it would be executed and could not be answered.
		return this.hasWord ? super.goodbye() : this.#tcp.destroySoon();
	}
}
