import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { canShadowDestroy, type Destroy, shadowDestroy } from "../listening/shadow-destroy.ts";
import { Http1Connection } from "./http1-connection.ts";
import { type HttpSocket, LastRequest } from "./last-request.ts";
import { Upgrade } from "./upgrade.ts";

/** Where a socket has its newest request: found faster than in a `Map`. */
const LAST_REQUEST: unique symbol = Symbol("lastcall.last-request");

interface NotedSocket extends HttpSocket {
	[LAST_REQUEST]?: LastRequest | undefined;
}

/** What is known of a connection. */
export type Known = LastRequest | Upgrade | Http1Connection;

/** So many connections may be open before it is looked which of them have closed unnoticed; later twice as many as were open. */
const LOOK_AT = 64;

/**
 * The connections of an HTTP/1.1 server. While the service is running, only the newest request of each is noted. Where that
 * would not do, and from the drain on, all requests of a connection are tracked.
 */
export class TrackedConnections {
	readonly #all = new Map<Socket, Known>();
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
		for (const socket of this.#all.keys()) {
			if (!socket.closed) return true;
			this.#remove(socket);
		}
		return false;
	}

	/** Those that are tracked already, and what was noted of the others. */
	list(): IterableIterator<[Socket, Known]> {
		this.#prune();
		return this.#all.entries();
	}

	/** Those all of whose requests are tracked, without a look whether they have closed. */
	*tracked(): Generator<Http1Connection> {
		for (const one of this.#all.values()) if (one instanceof Http1Connection) yield one;
	}

	/** The sockets, without a look whether they have closed. */
	sockets(): IterableIterator<Socket> {
		return this.#all.keys();
	}

	/** Notes a request of a running service. Returns false if the connection is new, or has to be tracked. */
	readonly note = (request: IncomingMessage, response: ServerResponse): boolean => {
		const last = (request.socket as NotedSocket | undefined)?.[LAST_REQUEST];
		return last !== undefined && last.owner === this && last.note(request, response);
	};

	/** Adds a connection. Returns true if it is new. */
	add(socket: Socket): boolean {
		if (socket.destroyed || this.#all.has(socket)) return false;
		if (this.#all.size >= this.#lookAt) this.#prune();
		this.#all.set(socket, this.#isNotable(socket) ? this.#begin(socket) : this.#listen(new Http1Connection(socket)));
		return true;
	}

	/**
	 * Returns false for a socket that another server of this process has too, since one of the two hands it over to the other, and for
	 * one whose `_destroy` can't be shadowed.
	 */
	#isNotable(socket: NotedSocket): boolean {
		return socket[LAST_REQUEST] === undefined && canShadowDestroy(socket);
	}

	#begin(socket: NotedSocket): LastRequest {
		const last = new LastRequest(this);
		socket[LAST_REQUEST] = last;
		socket._destroy = this.#onDestroy;
		return last;
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
	track(socket: NotedSocket, newest?: ServerResponse): Http1Connection {
		const known = this.#all.get(socket);
		if (known instanceof Http1Connection) return known;
		const connection = new Http1Connection(socket);
		if (known !== undefined) {
			if (known instanceof Upgrade) connection.upgrade = known;
			else connection.takeUp(known, known.look(socket, newest));
			socket[LAST_REQUEST] = undefined;
			this.#all.set(socket, this.#listen(connection));
		}
		return connection;
	}

	/** Notes an upgrade. It need not be tracked unless the connection is. */
	upgrade(socket: NotedSocket, request: IncomingMessage): void {
		const upgrade = new Upgrade(request, socket);
		const known = this.#all.get(socket);
		if (known instanceof LastRequest && !known.isOpen(socket)) {
			socket[LAST_REQUEST] = undefined;
			this.#all.set(socket, upgrade);
		} else this.track(socket).upgrade = upgrade;
	}

	/** The program may remove the listener for the end of a socket, and a socket may not call the shadow of `_destroy`. */
	#prune(): void {
		for (const socket of this.#all.keys()) if (socket.closed) this.#remove(socket);
		this.#lookAt = Math.max(LOOK_AT, 2 * this.#all.size);
	}

	#remove(socket: Socket): void {
		const known = this.#all.get(socket);
		if (known === undefined) return;
		const wasOpen =
			known instanceof LastRequest
				? known.isOpen(socket)
				: known instanceof Http1Connection && known.exchanges.size > 0;
		if (wasOpen) this.#gone(this.track(socket));
		this.#all.delete(socket);
	}
}
