import type { Http2ServerResponse, IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import type { Socket } from "node:net";
import { unsentBytes } from "../listening/connection-activity.ts";
import { type Linked, LinkedList } from "../listening/linked-list.ts";
import { monotonicNow } from "../listening/monotonic-now.ts";
import type { RequestInFlight } from "../listening/request-name.ts";
import { canShadowDestroy } from "../listening/shadow-destroy.ts";
import { endsAfterGoaway, type StreamInFlight, toRequestInFlight } from "./http2-stream.ts";

/** So many streams may be open before it is looked which of them have closed unnoticed; later twice as many as were open. */
const LOOK_AT = 64;

/** Where a stream has its entry: found faster than in a `Map`. */
const ENTRY: unique symbol = Symbol("lastcall.stream");

interface Entry extends StreamInFlight, Linked<Entry> {
	readonly streams: SessionStreams;
}

interface NotedStream extends ServerHttp2Stream {
	[ENTRY]?: Entry;
}

/**
 * The trick: `_destroy` is shadowed on each stream by this one function. Node.js calls it once, when the stream is being destroyed. A
 * listener for `close` would cost a running service 600 instructions more.
 */
const onDestroy: ServerHttp2Stream["_destroy"] = function (this: NotedStream, error, callback): void {
	const { _destroy: destroy } = Object.getPrototypeOf(this) as ServerHttp2Stream;
	destroy.call(this, error, callback);
	const entry = this[ENTRY];
	if (entry === undefined) return;
	// Node.js goes on calling methods of an aborted stream, as its handler does. The listeners of its response clean up at `close`.
	if (this.aborted) this.prependOnceListener("close", () => entry.streams.close(entry));
	else entry.streams.close(entry);
};

/**
 * The streams of one HTTP/2 session that are open, and which of them the program has. That is all that a running service notes of a
 * session. No reference to a stream is kept when it has closed.
 */
export class SessionStreams extends LinkedList<Entry> {
	/** The real socket. `session.socket` is only a proxy for it. */
	readonly socket: Socket;
	/** True if every stream was seen, since the session was known from its beginning. */
	readonly isSeenWhole: boolean;
	/** The number of streams at which all are looked at: a stream may not call the shadow of `_destroy`. */
	#lookAt = LOOK_AT;
	readonly #abandoned: (entry: StreamInFlight) => void;
	/** Called when a stream has closed. */
	whenClosed: (() => void) | undefined;
	/** The highest number of a stream that has come. */
	newest = 0;
	/** The highest number of a stream that the program has. Higher ones are held. */
	newestHanded = 0;
	/** True if the client has had a response. */
	hasResponded = false;
	/** The last response, if it was not known to be sent when its stream closed. */
	unsent: RequestInFlight | undefined;

	/** @param abandoned is called with a stream that its client has reset, or left by closing its connection */
	constructor(socket: Socket, isSeenWhole: boolean, abandoned: (entry: StreamInFlight) => void) {
		super();
		this.socket = socket;
		this.isSeenWhole = isSeenWhole;
		this.#abandoned = abandoned;
	}

	/** Returns true if there is a stream that the program does not have. */
	get hasHeld(): boolean {
		return [...this].some(({ stream: { id = 0 } }) => id > this.newestHanded);
	}

	get inFlight(): RequestInFlight[] {
		this.clear();
		return [...this].map(toRequestInFlight);
	}

	/** The program uses the API above the stream, and gets this response. */
	static setResponse(response: Http2ServerResponse): void {
		// Responses of HTTP/1.1 on the same server have no stream.
		const entry = (response.stream as NotedStream | undefined)?.[ENTRY];
		if (entry !== undefined) entry.response = response;
	}

	/**
	 * The head of a request has arrived. Returns true if it has to wait where requests are held. A client that had a response on this
	 * session is not in the accept queue, and won't join it.
	 */
	arrived(stream: NotedStream, headers: IncomingHttpHeaders): boolean {
		if (this.size >= this.#lookAt) {
			this.clear();
			this.#lookAt = Math.max(LOOK_AT, 2 * this.size);
		}
		const entry: Entry = {
			stream,
			headers,
			startedAt: monotonicNow(),
			response: undefined,
			streams: this,
			older: undefined,
			newer: undefined,
			isRemoved: false,
		};
		this.append(entry);
		this.newest = stream.id ?? 0;
		stream[ENTRY] ??= entry;
		// Two services have the server, or the program has its own `_destroy`.
		if (canShadowDestroy(stream)) stream._destroy = onDestroy;
		else stream.once("close", () => this.close(entry));
		return !this.hasResponded;
	}

	/** Forgets all that have closed. */
	clear(): void {
		for (const entry of this) if (entry.stream.destroyed) this.close(entry);
	}

	/**
	 * Returns true if a stream is open that has to end before GOAWAY.
	 * @param isHolding true if held streams are never processed, so that GOAWAY need not wait for them
	 */
	isBusy(isHolding: boolean): boolean {
		return [...this].some((entry) => {
			const isHeld = isHolding && (entry.stream.id ?? 0) > this.newestHanded;
			return !isHeld && !endsAfterGoaway(entry);
		});
	}

	/** @internal for the shadow */
	close(entry: Entry): void {
		if (!this.unlink(entry)) return;
		this.hasResponded = true;
		const isDraining = this.whenClosed !== undefined;
		this.whenClosed?.();
		const mayBeUnsent = isDraining || unsentBytes(this.socket) > 0;
		// Closed before its response was ended: nothing of it is on its way.
		if (entry.stream.aborted) this.#abandoned(entry);
		else this.unsent = mayBeUnsent ? toRequestInFlight(entry) : undefined;
	}
}
