import type { Socket } from "node:net";
import { type Linked, LinkedList } from "../../core/linked-list.ts";
import { Pruner } from "../../core/pruner.ts";
import { nextPoll } from "./accept-queue.ts";
import type { DrainPlan } from "./drain-plan.ts";
import { Linger } from "./linger.ts";
import type { ProtocolConnections } from "./protocol-connections.ts";
import { LOOK_EVERY_MS } from "./visit-due.ts";

/** The least silence before a handshake is closed: a client that is busy with many handshakes takes longer for one. */
const LEAST_SILENT_MS = 1_000;

/** A handshake that is not done. */
class Handshake extends Linger implements Linked<Handshake> {
	list: object | undefined = undefined;
	older: Handshake | undefined = undefined;
	newer: Handshake | undefined = undefined;
	readonly socket: Socket;

	constructor(socket: Socket) {
		super();
		this.socket = socket;
	}
}

type Times = Pick<DrainPlan, "lingerMs" | "hardStopAt">;

/**
 * The connections of a TLS server whose handshake is not done. They have no request, so none of them is in flight.
 *
 * Node.js emits `connection` with the TCP socket, and `secureConnection` with another one, the `TLSSocket` on top of it. The
 * key is the TCP socket. The client's address would not do: connections through a Unix socket have none.
 */
export class Handshakes implements ProtocolConnections {
	readonly #handshakes = new LinkedList<Handshake>();
	/** A property would make the socket larger for as long as the connection is open. */
	readonly #bySocket = new WeakMap<Socket, Handshake>();
	/** The program may remove the listener for the end of a socket. */
	readonly #pruner = new Pruner(this.#handshakes, ({ socket }) => {
		if (socket.closed) this.#remove(socket);
	});
	/** One function for all sockets. */
	readonly #onClose: (this: Socket) => void;
	/** Set while draining. */
	#times: Times | undefined;
	#sweeping: Promise<void> | undefined;

	constructor() {
		const remove = (socket: Socket): void => this.#remove(socket);
		this.#onClose = function (this: Socket): void {
			remove(this);
		};
	}

	get size(): number {
		this.#pruner.pruneAll();
		return this.#handshakes.size;
	}

	get isAny(): boolean {
		return this.#pruner.hasAny();
	}

	get idle(): number {
		return this.size;
	}

	sees(event: string | symbol, socket: unknown): boolean {
		if (event === "connection") this.#begin(socket as Socket);
		if (event === "secureConnection") this.#end(socket as Socket);
		return false;
	}

	beginDrain(times: Times): void {
		this.#times = times;
		for (const handshake of this.#handshakes) handshake.restart(handshake.socket.bytesRead);
	}

	/** Closes those that are over. Without a linger nothing is waited for. */
	sweep({ lingerMs, hardStopAt }: Times, polledAt: number): number {
		const leastMs = lingerMs === 0 ? 0 : Math.min(LEAST_SILENT_MS, (hardStopAt - polledAt) / 10);
		const limits = { silentMs: Math.max(lingerMs, leastMs) };
		for (const handshake of this.#handshakes) {
			const { socket } = handshake;
			if (handshake.isOver({ polledAt, received: socket.bytesRead }, limits)) socket.destroy();
		}
		return polledAt + LOOK_EVERY_MS;
	}

	/** For a server that doesn't sweep: closes those that take too long while draining, and resolves when none is left. */
	sweepAll(): Promise<void> {
		this.#sweeping ??= this.#sweepUntilNoneIsLeft().finally(() => {
			this.#sweeping = undefined;
		});
		return this.#sweeping;
	}

	async #sweepUntilNoneIsLeft(): Promise<void> {
		while (this.#times !== undefined && this.size > 0) {
			this.sweep(this.#times, await nextPoll(Math.min(LOOK_EVERY_MS, this.#times.lingerMs)));
		}
	}

	cut(_isHeld: unknown, end: (destroy: () => void) => void): void {
		for (const { socket } of this.#handshakes) end(() => socket.destroy());
	}

	#begin(socket: Socket): void {
		if (this.#bySocket.has(socket)) return;
		const handshake = new Handshake(socket);
		if (this.#times !== undefined) handshake.restart(socket.bytesRead);
		this.#pruner.pruneSome();
		this.#handshakes.add(handshake);
		this.#bySocket.set(socket, handshake);
		socket.on("close", this.#onClose);
	}

	#remove(socket: Socket): void {
		const handshake = this.#bySocket.get(socket);
		if (handshake === undefined) return;
		this.#bySocket.delete(socket);
		this.#handshakes.delete(handshake);
	}

	/** The handshake of `secure` is done. */
	#end(secure: Socket): void {
		for (const socket of this.#findBelow(secure)) {
			this.#remove(socket);
			// Most connections are open for much longer than their handshake took.
			socket.off("close", this.#onClose);
		}
	}

	/**
	 * Finds the TCP socket below `secure` by `_parent`, which is not documented (`lib/_tls_wrap.js`). Without it, or where TLS
	 * runs over a stream that is no socket, each handshake with a client of the same address counts as done: one too many is
	 * waited for, and none that is done is closed.
	 */
	#findBelow(secure: Socket): Socket[] {
		const { _parent: parent } = secure as { _parent?: Socket | null };
		if (parent && this.#bySocket.has(parent)) return [parent];
		const { remoteAddress, remotePort } = secure;
		return [...this.#handshakes]
			.map(({ socket }) => socket)
			.filter((socket) => socket.remoteAddress === remoteAddress && socket.remotePort === remotePort);
	}
}
