import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { isKeptOpen } from "../listening/kept-open.ts";
import type { Leaving } from "../listening/leaving.ts";
import { Linger } from "../listening/linger.ts";
import { keepOpen } from "../runtimes/keep-open.ts";
import { type Exchange, endIfEventStream } from "./exchange.ts";
import { Exchanges } from "./exchanges.ts";
import { halfCloseAfterLast } from "./half-close.ts";
import { decideAtHead } from "./last-head.ts";
import { REQUEST_TIMEOUT, SERVICE_UNAVAILABLE } from "./raw-responses.ts";
import { readUnparsed } from "./read-unparsed.ts";

/** The answers to what has come behind a last answer. */
const unprocessed = new WeakSet<ServerResponse>();

/** One client connection of an HTTP/1.1 server: which answers are open on it, and how it is said goodbye to. */
export class Connection {
	readonly socket: Socket;
	/** In the order in which the requests arrived, which is the order of their answers on the wire (RFC 9112 §9.3.2). */
	readonly exchanges: Exchanges = new Exchanges();
	/** The request that took the connection out of HTTP's hands. */
	upgrade: Omit<Exchange, "response"> | undefined;
	/** The last answer has been chosen: what arrives behind it must not be processed (RFC 9112 §9.6). */
	#saidClose = false;
	/** A request has come behind the last answer: what its client sends is read and dropped. */
	#isDeaf = false;
	#leaving = false;
	/** A request to upgrade waits for its 503. */
	#refusing = false;
	readonly #linger = new Linger();
	/** Its share of the time over which goodbyes are spread. */
	#delayMs = 0;
	/** What had been read when the connection was last known to be between two requests. */
	#idleBytes = 0;
	#isKeptAlive = false;
	/** A request that was answered before its body was there. */
	#unread: IncomingMessage | undefined;

	constructor(socket: Socket) {
		this.socket = socket;
	}

	/** Reports whether it was left open behind an answer. */
	get isKeptAlive(): boolean {
		return this.#isKeptAlive;
	}

	/**
	 * A request was parsed. Returns false if it is not to be processed: the last answer has been chosen, or `most` requests are
	 * in flight, of which the newest gets the last answer then.
	 */
	arrived(request: IncomingMessage, response: ServerResponse, most: number): boolean {
		if (this.exchanges.size > 0) this.settle();
		if (this.#isDeaf || this.#saidClose || this.exchanges.size >= most) {
			unprocessed.add(response);
			this.#becomeDeaf();
			return false;
		}
		const exchange = this.exchanges.add(request, response);
		if (this.#leaving) this.#chooseLast(response);
		// Emitted after the last byte went to the kernel, or with the socket's end; not at all for a pipelined answer
		// that is dropped on Node 20 and 22, which is why an ended socket is forgotten with all its exchanges. Not `once()`:
		// all that is done for a request of a running service would cost half as much again.
		response.on("close", () => this.#closed(exchange));
		return true;
	}

	/** Forgets the answers that have closed unheard: the program may have taken the listener away. They close in their order. */
	settle(): void {
		for (const exchange of this.exchanges) {
			if (!exchange.response.closed) return;
			this.#closed(exchange);
		}
	}

	/** Returns true if the request of this answer is to be processed. */
	admits(response: ServerResponse): boolean {
		return !unprocessed.has(response);
	}

	#closed(exchange: Exchange): void {
		if (!this.exchanges.remove(exchange)) return;
		this.#isKeptAlive = true;
		if (!exchange.request.complete) this.#unread = exchange.request;
		if (this.#leaving) this.#answered(exchange.request);
	}

	/** From now on the newest answer says `Connection: close`, and the socket is only ever half-closed behind it. */
	leave(delayMs = 0): void {
		if (this.#leaving) return;
		this.#leaving = true;
		this.#delayMs = delayMs;
		this.#becameIdle();
		// What has come on a new connection may be part of its first request.
		if (!this.#isKeptAlive) this.#idleBytes = 0;
		for (const { response } of this.exchanges) this.#chooseLast(response);
		halfCloseAfterLast(this.socket, () => this.#becameIdle());
	}

	/**
	 * Returns true if this connection has waited long enough. To be asked right after a poll: what had arrived by `polledAt`
	 * has been read then.
	 */
	isOver(polledAt: number, { lingerMs, hardStopAt }: Pick<Leaving, "lingerMs" | "hardStopAt">): boolean {
		this.settle();
		const isBusy = this.exchanges.size > 0 || this.upgrade !== undefined || this.socket.writableLength > 0;
		if (isBusy || (!this.#saidClose && isKeptOpen(this.socket))) {
			this.#linger.restart(this.socket.bytesRead);
			return false;
		}
		// Some clients read a response only after they have sent all of the body. To close before that would reset the
		// connection and destroy the response (RFC 9112 section 9.6).
		const readsOn = (this.#saidClose && !this.#isDeaf) || this.#unread?.complete === false;
		return this.#linger.isOver(
			{ polledAt, received: this.socket.bytesRead },
			{ silentMs: lingerMs + this.#delayMs, hardStopAt: readsOn ? hardStopAt : undefined },
		);
	}

	/** Ends a connection that is over. */
	end(): void {
		const saidNothing = this.exchanges.size === 0 && !this.#saidClose;
		if (saidNothing && this.#unread?.complete !== false && this.socket.bytesRead > this.#idleBytes) {
			// Part of a request is here: its client learns that it was not handled (RFC 9110 §15.5.9).
			this.socket.end(REQUEST_TIMEOUT, () => this.socket.destroy());
			this.#saidClose = true;
		} else {
			// Not `end()`: after a half-close, a request that crosses it would be executed and could not be answered.
			this.socket.destroy();
		}
	}

	/** Looks for event streams, and ends each at its time; `waitedMs` since the goodbyes began. */
	endStreams(waitedMs: number, leaving: Leaving): void {
		const now = performance.now();
		const moment = { leaving, isDue: waitedMs >= this.#delayMs, isLast: now >= leaving.lastMomentAt };
		for (const exchange of this.exchanges) {
			endIfEventStream(exchange, moment, () => this.#endBehind(exchange.response));
		}
	}

	/** Turns away who wants to change the protocol of a connection that is about to end. */
	refuseUpgrade(): void {
		this.upgrade = undefined;
		this.#refusing = true;
		// Node has handed the socket over: nobody else reads it or hears its errors.
		this.socket.on("error", () => this.socket.destroy());
		this.socket.resume();
		this.#refuse();
	}

	/** Says no when the answers before it are out, unless the last of those has said it already. */
	#refuse(): void {
		if (!this.#refusing || this.exchanges.size > 0 || this.#saidClose) return;
		this.#saidClose = true;
		this.socket.end(SERVICE_UNAVAILABLE);
	}

	/** Nothing is in flight any more. What has come so far belongs to what was. */
	#becameIdle(): void {
		this.#idleBytes = this.socket.bytesRead;
		this.#linger.restart(this.#idleBytes);
	}

	/** An answer went out while leaving. */
	#answered(request: IncomingMessage): void {
		this.#becameIdle();
		this.#refuse();
		// Node reads on behind an answer unless the program has begun to; where it has lost interest, we do.
		const isHeard = request.listenerCount("data") + request.listenerCount("readable") > 0;
		if (!request.complete && !isHeard) request.resume();
	}

	/** The head went out before it was known that this answer is the last: its connection says so by ending. */
	#endBehind(response: ServerResponse): void {
		if (this.exchanges.newest !== response) return;
		this.#saidClose = true;
		response.once("finish", () => this.socket.end());
	}

	/** The newest request is the last, since another one is here that will not be processed. */
	#becomeDeaf(): void {
		if (this.#isDeaf) return;
		this.#isDeaf = true;
		readUnparsed(this.socket);
		const { newest } = this.exchanges;
		if (this.#saidClose || newest === undefined) return;
		halfCloseAfterLast(this.socket, () => this.#becameIdle());
		if (newest.headersSent) this.#endBehind(newest);
		else if (!this.#leaving) this.#chooseLast(newest);
	}

	/** The newest answer is the last, as far as is known when its head is written. */
	#chooseLast(response: ServerResponse): void {
		if (response.headersSent) {
			keepOpen(this.socket, response);
			return;
		}
		decideAtHead(response, () => {
			const isLast = this.exchanges.newest === response && (this.#isDeaf || !isKeptOpen(this.socket));
			if (isLast) this.#saidClose = true;
			return isLast;
		});
	}
}
