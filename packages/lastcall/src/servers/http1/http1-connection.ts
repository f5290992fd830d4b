import type { IncomingMessage, ServerResponse } from "node:http";
import type { DrainPlan } from "../listening/drain-plan.ts";
import { isKeptOpen } from "../listening/keep-open-while.ts";
import { Linger } from "../listening/linger.ts";
import { type Due, LOOK_EVERY_MS, LOOK_RARELY_MS } from "../listening/visit-due.ts";
import { keepOpenOnDeno } from "../runtimes/deno-keep-open.ts";
import { discardInput, readRest } from "./discard-input.ts";
import type { Exchange } from "./exchange.ts";
import { Exchanges } from "./exchanges.ts";
import { halfCloseAfterLast } from "./half-close.ts";
import { KnownConnection } from "./known-connection.ts";
import type { LastRequest, Untracked } from "./last-request.ts";
import { decideLastResponse, markUnprocessed } from "./last-response.ts";
import { REQUEST_TIMEOUT, SERVICE_UNAVAILABLE } from "./raw-responses.ts";
import { takeBack, type Upgrade } from "./upgrade.ts";

/** One client connection of an HTTP/1.1 server: which responses are open on it, and how it is closed. */
export class Http1Connection extends KnownConnection implements Due {
	/** In the order of the requests, which is the order of their responses on the wire (RFC 9112, section 9.3.2). */
	readonly exchanges: Exchanges = new Exchanges();
	/** The request that made this an upgraded connection. */
	upgrade: Upgrade | undefined;
	/** The last response has been chosen: a request that arrives after it must not be processed (RFC 9112, section 9.6). */
	#hasLastResponse = false;
	/** A request has come after the last response: input is read and dropped from now on. */
	#isDiscarding = false;
	/** An upgrade request waits for its 503. */
	#isRefusing = false;
	readonly #linger = new Linger();
	/** The end of its share of the time over which the closing of connections is spread. `undefined` until the drain begins. */
	#drainsAt: number | undefined;
	/** Bytes that had been read when the connection was last known to be between two requests. */
	#idleBytes = 0;
	/** True if it was left open after a response. */
	isKeptAlive = false;
	/** A request whose response was sent before its body had arrived. */
	#unread: IncomingMessage | undefined;

	/** When to ask `isOver` and call `endStreams` next. */
	get dueAt(): number {
		return this.exchanges.size > 0 ? this.exchanges.dueAt : this.#linger.nextLookAt;
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
		this.#track({ request, response, target: request.url, startedAt: performance.now() });
		if (this.#drainsAt !== undefined) this.#chooseLast(response);
		return true;
	}

	/** Takes over what has happened before its requests were tracked. */
	takeUp({ target, startedAt }: LastRequest, { open, unread, isKeptAlive }: Untracked): void {
		this.isKeptAlive = isKeptAlive;
		this.#unread = unread;
		if (open !== undefined) this.#track({ ...open, target, startedAt });
	}

	#track(exchange: Exchange): void {
		this.exchanges.add(exchange);
		// Emitted after the last byte went to the kernel, or with the end of the socket. Not emitted for a pipelined response
		// that Node.js 20 and 22 drop, which is why a closed socket is forgotten with all its exchanges.
		exchange.response.on("close", () => this.#closed(exchange));
	}

	/** Forgets the responses that have closed without a `close`, in order: the program may remove the listener. */
	settle(): void {
		for (const exchange of this.exchanges) {
			if (!exchange.response.closed) return;
			this.#closed(exchange);
		}
	}

	#closed(exchange: Exchange): void {
		if (!this.exchanges.delete(exchange)) return;
		this.isKeptAlive = true;
		if (!exchange.request.complete) this.#unread = exchange.request;
		if (this.#drainsAt !== undefined) this.#responded(exchange.request);
	}

	/** From now on the newest response gets `Connection: close`, and the socket is half-closed after it. */
	beginDrain(delayMs = 0): void {
		if (this.#drainsAt !== undefined) return;
		this.#drainsAt = performance.now() + delayMs;
		this.#becameIdle();
		// What has come on a new connection may be part of its first request.
		if (!this.isKeptAlive) this.#idleBytes = 0;
		for (const { response } of this.exchanges) this.#chooseLast(response);
		halfCloseAfterLast(this.socket, () => this.#becameIdle());
	}

	/** Returns true if it has waited for long enough. Called right after a poll: what had arrived by `polledAt` is read. */
	isOver(polledAt: number, { lingerMs, hardStopAt }: Pick<DrainPlan, "lingerMs" | "hardStopAt">): boolean {
		this.settle();
		const isBusy = this.exchanges.size > 0 || this.upgrade !== undefined || this.socket.writableLength > 0;
		if (isBusy || (!this.#hasLastResponse && isKeptOpen(this.socket))) {
			const lookAfterMs = this.upgrade?.isDrainedElsewhere ? LOOK_RARELY_MS : LOOK_EVERY_MS;
			this.#linger.keepWaiting(this.socket.bytesRead, polledAt, this.#drainsAt, lookAfterMs);
			return false;
		}
		// Some clients read a response only after they have sent all of the body. To close before that would reset the
		// connection and destroy the response (RFC 9112, section 9.6).
		const readsOn = (this.#hasLastResponse && !this.#isDiscarding) || this.#unread?.complete === false;
		return this.#linger.isOver(
			{ polledAt, received: this.socket.bytesRead },
			{ silentMs: lingerMs, hardStopAt: readsOn ? hardStopAt : undefined },
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

	/** Ends the event streams whose time has come. */
	endStreams(plan: DrainPlan): void {
		this.exchanges.endEventStreams(plan, this.#drainsAt ?? 0, (response) => this.#endAfter(response));
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
		this.#linger.restart(this.#idleBytes, performance.now(), this.#drainsAt);
	}

	/** A response was sent while draining. */
	#responded(request: IncomingMessage): void {
		this.#becameIdle();
		this.#refuse();
		readRest(request);
	}

	/** The head was sent before it was known that this response is the last: the connection ends without `Connection: close`. */
	#endAfter(response: ServerResponse): void {
		if (this.exchanges.newest?.response !== response) return;
		this.#hasLastResponse = true;
		response.once("finish", () => this.socket.end());
	}

	/** The newest response is the last, since a request has come that will not be processed. */
	#discardInput(): void {
		if (this.#isDiscarding) return;
		this.#isDiscarding = true;
		discardInput(this.socket);
		const newest = this.exchanges.newest?.response;
		if (this.#hasLastResponse || newest === undefined) return;
		halfCloseAfterLast(this.socket, () => this.#becameIdle());
		if (newest.headersSent) this.#endAfter(newest);
		else if (this.#drainsAt === undefined) this.#chooseLast(newest);
	}

	/** This response is the last if it is still the newest when its head is written. */
	#chooseLast(response: ServerResponse): void {
		if (response.headersSent) {
			keepOpenOnDeno(this.socket, response);
			return;
		}
		decideLastResponse(response, () => {
			const isLast = this.exchanges.newest?.response === response && (this.#isDiscarding || !isKeptOpen(this.socket));
			if (isLast) this.#hasLastResponse = true;
			return isLast;
		});
	}
}
