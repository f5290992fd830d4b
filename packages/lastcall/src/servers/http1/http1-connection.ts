import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { DrainPlan } from "../listening/drain-plan.ts";
import { isKeptOpen } from "../listening/keep-open-while.ts";
import { Linger } from "../listening/linger.ts";
import { keepOpenOnDeno } from "../runtimes/deno-keep-open.ts";
import { discardInput, readRest } from "./discard-input.ts";
import { type Exchange, endIfEventStream, type Upgrade } from "./exchange.ts";
import { Exchanges } from "./exchanges.ts";
import { halfCloseAfterLast } from "./half-close.ts";
import { decideLastResponse, markUnprocessed } from "./last-response.ts";
import { REQUEST_TIMEOUT, SERVICE_UNAVAILABLE } from "./raw-responses.ts";
import { takeBack } from "./upgrade.ts";

/** One client connection of an HTTP/1.1 server: which responses are open on it, and how it is closed. */
export class Http1Connection {
	readonly socket: Socket;
	/**
	 * In the order in which the requests arrived, which is the order of their responses on the wire (RFC 9112, section 9.3.2).
	 */
	readonly exchanges: Exchanges = new Exchanges();
	/** The request that made this an upgraded connection. */
	upgrade: Upgrade | undefined;
	/** The last response has been chosen: a request that arrives after it must not be processed (RFC 9112, section 9.6). */
	#hasLastResponse = false;
	/** A request has come after the last response: input is read and dropped from now on. */
	#isDiscarding = false;
	#isDraining = false;
	/** An upgrade request waits for its 503. */
	#isRefusing = false;
	readonly #linger = new Linger();
	/** Its share of the time over which the closing of connections is spread. */
	#delayMs = 0;
	/** Bytes that had been read when the connection was last known to be between two requests. */
	#idleBytes = 0;
	/** True if it was left open after a response. */
	isKeptAlive = false;
	/** A request whose response was sent before its body had arrived. */
	#unread: IncomingMessage | undefined;

	constructor(socket: Socket) {
		this.socket = socket;
	}

	/**
	 * A request was parsed. Returns false if it must not be processed: the last response has been chosen, or `most` requests are
	 * in flight. Then the newest of these gets the last response.
	 */
	arrived(request: IncomingMessage, response: ServerResponse, most: number): boolean {
		if (this.exchanges.size > 0) this.settle();
		if (this.#isDiscarding || this.#hasLastResponse || this.exchanges.size >= most) {
			markUnprocessed(response);
			this.#discardInput();
			return false;
		}
		const exchange = this.exchanges.add(request, response);
		if (this.#isDraining) this.#chooseLast(response);
		// Emitted after the last byte went to the kernel, or with the end of the socket. Not emitted for a pipelined response
		// that Node.js 20 and 22 drop, which is why a closed socket is forgotten with all its exchanges. Not `once()`: it would
		// make the accounting of a running service half as expensive again.
		response.on("close", () => this.#closed(exchange));
		return true;
	}

	/**
	 * Forgets the responses that have closed without a `close`: the program may remove the listener. They close in their order.
	 */
	settle(): void {
		for (const exchange of this.exchanges) {
			if (!exchange.response.closed) return;
			this.#closed(exchange);
		}
	}

	#closed(exchange: Exchange): void {
		if (!this.exchanges.remove(exchange)) return;
		this.isKeptAlive = true;
		if (!exchange.request.complete) this.#unread = exchange.request;
		if (this.#isDraining) this.#responded(exchange.request);
	}

	/** From now on the newest response gets `Connection: close`, and the socket is half-closed after it. */
	beginDrain(delayMs = 0): void {
		if (this.#isDraining) return;
		this.#isDraining = true;
		this.#delayMs = delayMs;
		this.#becameIdle();
		// What has come on a new connection may be part of its first request.
		if (!this.isKeptAlive) this.#idleBytes = 0;
		for (const { response } of this.exchanges) this.#chooseLast(response);
		halfCloseAfterLast(this.socket, () => this.#becameIdle());
	}

	/**
	 * Returns true if this connection has waited for long enough. Called right after a poll: what had arrived by `polledAt` is
	 * read.
	 */
	isOver(polledAt: number, { lingerMs, hardStopAt }: Pick<DrainPlan, "lingerMs" | "hardStopAt">): boolean {
		this.settle();
		const isBusy = this.exchanges.size > 0 || this.upgrade !== undefined || this.socket.writableLength > 0;
		if (isBusy || (!this.#hasLastResponse && isKeptOpen(this.socket))) {
			this.#linger.restart(this.socket.bytesRead);
			return false;
		}
		// Some clients read a response only after they have sent all of the body. To close before that would reset the
		// connection and destroy the response (RFC 9112, section 9.6).
		const readsOn = (this.#hasLastResponse && !this.#isDiscarding) || this.#unread?.complete === false;
		return this.#linger.isOver(
			{ polledAt, received: this.socket.bytesRead },
			{ silentMs: lingerMs + this.#delayMs, hardStopAt: readsOn ? hardStopAt : undefined },
		);
	}

	/** Closes a connection that is over. */
	end(): void {
		const isBetweenTwo = this.exchanges.size === 0 && !this.#hasLastResponse && this.#unread?.complete !== false;
		if (isBetweenTwo && this.socket.bytesRead > this.#idleBytes) {
			// Part of a request has arrived.
			this.socket.end(REQUEST_TIMEOUT, () => this.socket.destroy());
			this.#hasLastResponse = true;
		} else {
			// Not `end()`: after a half-close, a request that crosses it would be executed without a response.
			this.socket.destroy();
		}
	}

	/** Ends the event streams whose time has come. `waitedMs` is the time since the drain of the connections began. */
	endStreams(waitedMs: number, plan: DrainPlan): void {
		const now = performance.now();
		const moment = { plan, isDue: waitedMs >= this.#delayMs, isLast: now >= plan.lastMomentAt };
		for (const exchange of this.exchanges) {
			endIfEventStream(exchange, moment, () => this.#endAfter(exchange.response));
		}
	}

	/** Refuses to change the protocol of a connection that is about to end. */
	refuseUpgrade(): void {
		this.upgrade = undefined;
		this.#isRefusing = true;
		takeBack(this.socket);
		this.#refuse();
	}

	/** Sends the 503 after the earlier responses, unless the connection ends with the last of those. */
	#refuse(): void {
		if (!this.#isRefusing || this.exchanges.size > 0 || this.#hasLastResponse) return;
		this.#hasLastResponse = true;
		this.socket.end(SERVICE_UNAVAILABLE);
	}

	/** Nothing is in flight any more. What has come so far belongs to what was. */
	#becameIdle(): void {
		this.#idleBytes = this.socket.bytesRead;
		this.#linger.restart(this.#idleBytes);
	}

	/** A response was sent while draining. */
	#responded(request: IncomingMessage): void {
		this.#becameIdle();
		this.#refuse();
		readRest(request);
	}

	/**
	 * The head was sent before it was known that this response is the last: the connection ends after it without `Connection:
	 * close`.
	 */
	#endAfter(response: ServerResponse): void {
		if (this.exchanges.newest !== response) return;
		this.#hasLastResponse = true;
		response.once("finish", () => this.socket.end());
	}

	/** The newest response is the last, since a request has come that will not be processed. */
	#discardInput(): void {
		if (this.#isDiscarding) return;
		this.#isDiscarding = true;
		discardInput(this.socket);
		const { newest } = this.exchanges;
		if (this.#hasLastResponse || newest === undefined) return;
		halfCloseAfterLast(this.socket, () => this.#becameIdle());
		if (newest.headersSent) this.#endAfter(newest);
		else if (!this.#isDraining) this.#chooseLast(newest);
	}

	/** This response is the last if it is still the newest when its head is written. */
	#chooseLast(response: ServerResponse): void {
		if (response.headersSent) {
			keepOpenOnDeno(this.socket, response);
			return;
		}
		decideLastResponse(response, () => {
			const isLast = this.exchanges.newest === response && (this.#isDiscarding || !isKeptOpen(this.socket));
			if (isLast) this.#hasLastResponse = true;
			return isLast;
		});
	}
}
