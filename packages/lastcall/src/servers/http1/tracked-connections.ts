import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { LinkedMap } from "../../core/linked-map.ts";
import { canShadowDestroy, type Destroy, shadowDestroy } from "../listening/shadow-destroy.ts";
import { Http1Connection } from "./http1-connection.ts";
import type { KnownConnection } from "./known-connection.ts";
import { LastRequest } from "./last-request.ts";
import { Upgrade } from "./upgrade.ts";

/** So many connections may be open before it is looked which of them have closed unnoticed; later twice as many as were open. */
const LOOK_AT = 64;

/**
 * The connections of an HTTP/1.1 server. While the service is running, only the newest request of each is noted. Where that
 * would not do, and from the drain on, all requests of a connection are tracked.
 */
export class TrackedConnections {
	readonly #all = new LinkedMap<Socket, KnownConnection>();
	/** The number of connections at which it is looked which of them have closed unnoticed. */
	#lookAt = LOOK_AT;
	readonly #gone: (connection: Http1Connection) => void;
	/** One function for all sockets: one for each would be the most that an idle connection costs. */
	readonly #onClose: (this: Socket) => void;
	readonly #onDestroy: Destroy;

	/** @param gone is called with a connection that was closed while a response was open on it */
	constructor(gone: (connection: Http1Connection) => void) {
		this.#gone = gone;
		const all = this.#all;
		const remove = (socket: Socket): void => this.#remove(socket);
		this.#onClose = function (this: Socket): void {
			remove(this);
		};
		this.#onDestroy = shadowDestroy((socket) => {
			// A tracked connection is removed when its socket has closed, after its responses.
			if (!(all.get(socket) instanceof Http1Connection)) remove(socket);
		});
	}

	get size(): number {
		this.#prune();
		return this.#all.size;
	}

	/** True if there is one. Looks at no more of them than it has to. */
	get isAny(): boolean {
		for (const { socket } of this.#all) {
			if (!socket.closed) return true;
			this.#remove(socket);
		}
		return false;
	}

	/** Those that are tracked already, and what was noted of the others. */
	list(): Iterable<KnownConnection> {
		this.#prune();
		return this.#all;
	}

	/** Those all of whose requests are tracked, without a look whether they have closed. */
	*tracked(): Generator<Http1Connection> {
		for (const one of this.#all) if (one instanceof Http1Connection) yield one;
	}

	/** All of them, without a look whether they have closed. */
	all(): Iterable<KnownConnection> {
		return this.#all;
	}

	/** Notes a request of a running service. Returns false if the connection is new, or has to be tracked. */
	readonly note = (request: IncomingMessage, response: ServerResponse): boolean => {
		const { socket } = request as { socket?: Socket };
		const last = socket && this.#all.get(socket);
		return last instanceof LastRequest && last.note(request, response);
	};

	/** Adds a connection. Returns true if it is new. */
	add(socket: Socket): boolean {
		if (socket.destroyed || this.#all.get(socket) !== undefined) return false;
		if (this.#all.size >= this.#lookAt) this.#prune();
		if (canShadowDestroy(socket)) {
			socket._destroy = this.#onDestroy;
			this.#all.set(socket, new LastRequest(socket));
		} else this.#all.set(socket, this.#listen(new Http1Connection(socket)));
		return true;
	}

	#listen(connection: Http1Connection): Http1Connection {
		// Before the listener by which Node.js closes the open response: its handler may be in the middle of its work.
		connection.socket.prependListener("close", this.#onClose);
		return connection;
	}

	/**
	 * Tracks all requests of a connection from now on.
	 * @param newest the response to a request that has just arrived
	 */
	track(socket: Socket, newest?: ServerResponse): Http1Connection {
		const known = this.#all.get(socket);
		if (known instanceof Http1Connection) return known;
		const connection = new Http1Connection(socket);
		if (known instanceof Upgrade) connection.upgrade = known;
		if (known instanceof LastRequest) connection.takeUp(known, known.look(newest));
		if (known !== undefined) this.#all.set(socket, this.#listen(connection));
		return connection;
	}

	/** Notes an upgrade. It need not be tracked unless the connection is. */
	upgrade(socket: Socket, request: IncomingMessage): void {
		const upgrade = new Upgrade(request, socket);
		const known = this.#all.get(socket);
		if (known instanceof LastRequest && !known.isOpen) this.#all.set(socket, upgrade);
		else this.track(socket).upgrade = upgrade;
	}

	/** The program may remove the listener for the end of a socket, and a socket may not call the shadow of `_destroy`. */
	#prune(): void {
		for (const { socket } of this.#all) if (socket.closed) this.#remove(socket);
		this.#lookAt = Math.max(LOOK_AT, 2 * this.#all.size);
	}

	#remove(socket: Socket): void {
		const known = this.#all.get(socket);
		if (known === undefined) return;
		const wasOpen =
			(known instanceof LastRequest && known.isOpen) || (known instanceof Http1Connection && known.exchanges.size > 0);
		if (wasOpen) this.#gone(this.track(socket));
		this.#all.remove(socket);
	}
}
