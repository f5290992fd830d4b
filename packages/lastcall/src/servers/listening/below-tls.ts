import type { Socket } from "node:net";
import { Pruner } from "../../core/pruner.ts";

/**
 * What is known of each connection whose TLS handshake is not done, by the socket below TLS.
 *
 * Node.js emits `connection` with that socket, and `secureConnection` with another one, the `TLSSocket` on top of it. The
 * client's address would not do as a key: connections through a Unix socket have none.
 */
export class BelowTls<Known> {
	readonly #known = new Map<Socket, Known>();
	/** The program may take away the listener that would tell of the end of a socket. */
	readonly #pruner = new Pruner(this.#known, ([socket]) => {
		if (socket.closed) this.#known.delete(socket);
	});

	get size(): number {
		this.#pruner.pruneAll();
		return this.#known.size;
	}

	values(): Iterable<Known> {
		return this.#known.values();
	}

	/** Remembers `known` until the handshake is done or the connection has ended. */
	begin(socket: Socket, known: Known): void {
		this.#pruner.pruneSome();
		this.#known.set(socket, known);
		socket.once("close", () => this.#known.delete(socket));
	}

	/** Forgets the connection below `secure`, whose handshake is done, and returns what was known of it. */
	done(secure: Socket): Known[] {
		const sockets = this.#below(secure);
		const all = sockets.map((socket) => this.#known.get(socket) as Known);
		for (const socket of sockets) this.#known.delete(socket);
		return all;
	}

	/**
	 * `_parent` is not documented. Without it, or where TLS runs over a stream that is no socket, each handshake with a
	 * client of the same address is taken for done: one too many is waited for, and none that is done is cut.
	 */
	#below(secure: Socket): Socket[] {
		const { _parent: parent } = secure as { _parent?: Socket | null };
		if (parent && this.#known.has(parent)) return [parent];
		const { remoteAddress, remotePort } = secure;
		return [...this.#known.keys()].filter(
			(socket) => socket.remoteAddress === remoteAddress && socket.remotePort === remotePort,
		);
	}
}
