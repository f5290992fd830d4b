import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { type ConnectionActivity, readActivity } from "../listening/connection-activity.ts";
import { Linger } from "../listening/linger.ts";
import { Peer, type PeerWait } from "./peer.ts";

/** Sends a protocol's own closing message on a connection. */
export type ClosingMessage<S extends Duplex = Socket> = (socket: S) => unknown;

/** A connection that is in flight from its first byte to its last, unless the program has a closing message for it. */
export class SocketPeer extends Peer {
	protected readonly socket: Duplex;
	readonly #closingMessage: ClosingMessage<Duplex> | undefined;

	/** @param closingMessage without it, the connection is waited for until it ends by itself */
	constructor(name: string, what: string, socket: Duplex, closingMessage: ClosingMessage<Duplex> | undefined) {
		super(name, what);
		this.socket = socket;
		this.#closingMessage = closingMessage;
	}

	override get hasEnded(): boolean {
		return this.socket.closed;
	}

	override get hasClosingMessage(): boolean {
		return this.#closingMessage !== undefined;
	}

	override get activity(): ConnectionActivity {
		return readActivity(this.socket);
	}

	override isReady(_wait: PeerWait): boolean {
		return this.hasClosingMessage;
	}

	override sendClosingMessage(): unknown {
		return this.#closingMessage?.(this.socket);
	}

	override cut(): void {
		this.socket.destroy();
	}
}

/** A connection on which only the program's units are in flight: between two of them it is idle, and lingers. */
export class IdlePeer extends SocketPeer {
	readonly #tcp: Socket;
	readonly #linger = new Linger();

	constructor(name: string, what: string, socket: Socket, closingMessage: ClosingMessage<Duplex> | undefined) {
		super(name, what, socket, closingMessage);
		this.#tcp = socket;
	}

	override get isInFlight(): boolean {
		return this.isNotified;
	}

	override beginDrain(dueAt: number): void {
		// One that comes while draining was due before it came.
		this.#linger.restart(this.#tcp.bytesRead, performance.now(), dueAt);
	}

	override isReady({ lingerMs, polledAt }: PeerWait): boolean {
		const { bytesRead: received, writableLength } = this.#tcp;
		const isOver = this.#linger.isOver({ polledAt, received, isActive: writableLength > 0 }, { silentMs: lingerMs });
		this.dueAt = this.#linger.nextLookAt;
		return isOver;
	}

	override sendClosingMessage(): unknown {
		// Not `end()`: after a half-close, a request that crosses it would be executed without a response.
		return this.hasClosingMessage ? super.sendClosingMessage() : this.#tcp.destroySoon();
	}
}

/**
 * A connection that belongs to another server, which drains it. It is waited for while a request may be on its way: until that has
 * come, the other server has nothing in flight.
 */
export class PassedOnPeer extends IdlePeer {
	readonly #forget: (peer: PassedOnPeer) => void;

	constructor(name: string, what: string, socket: Socket, forget: (peer: PassedOnPeer) => void) {
		super(name, what, socket, undefined);
		this.#forget = forget;
	}

	override get isInFlight(): boolean {
		return false;
	}

	override sendClosingMessage(): void {
		this.#forget(this);
	}

	override cut(): void {}
}
