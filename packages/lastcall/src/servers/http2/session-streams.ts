import type { Http2ServerResponse, Http2Session, IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import type { Socket } from "node:net";
import { type Linked, LinkedList } from "../../core/linked-list.ts";
import { unsentBytes } from "../listening/connection-activity.ts";
import { monotonicNow } from "../listening/monotonic-now.ts";
import type { RequestInFlight } from "../listening/request-name.ts";
import { canShadowDestroy } from "../listening/shadow-destroy.ts";
import { endsAfterGoaway, type StreamInFlight, toRequestInFlight } from "./http2-stream.ts";

/** From so many open streams on, it is looked which of them have closed unnoticed: a stream may not call the shadow of `_destroy`. */
const LOOK_AT = 64;
/** How many are looked at for each one that comes. More than one: they go faster than they come. */
const LOOKS = 2;

/** Where a socket has its session. */
export const SESSION: unique symbol = Symbol("lastcall.session");

/** The real socket of a session. */
export interface SessionSocket extends Socket {
	[SESSION]?: Http2Session;
}

/** What closes a session. */
interface Closing {
	/** A stream has closed. */
	streamClosed(): void;
}

/** Where a stream has its entry: found faster than in a `Map`. */
const ENTRY: unique symbol = Symbol("lastcall.stream");

interface Entry extends StreamInFlight, Linked<Entry> {
	list: SessionStreams | undefined;
}

interface NotedStream extends ServerHttp2Stream {
	[ENTRY]?: Entry;
}

/** Those of sessions that had streams before they were known. */
const seenLate = new WeakSet<SessionStreams>();

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
	if (this.aborted) this.prependOnceListener("close", () => entry.list?.close(entry));
	else entry.list?.close(entry);
};

/**
 * The streams of one HTTP/2 session that are open, and which of them the program has. That is all that a running service notes of a
 * session. No reference to a stream is kept when it has closed.
 */
export class SessionStreams<Served extends Closing = Closing>
	extends LinkedList<Entry>
	implements Linked<SessionStreams<Served>>
{
	list: object | undefined = undefined;
	older: SessionStreams<Served> | undefined = undefined;
	newer: SessionStreams<Served> | undefined = undefined;
	readonly socket: SessionSocket;
	readonly #abandoned: (entry: StreamInFlight) => void;
	/** What closes the session. Until the drain there is nothing to close. */
	served: Served | undefined;
	/** The highest number of a stream that has come. */
	newestId = 0;
	/** True if the client has had a response. */
	hasResponded = false;
	/** The last response, if it was not known to be sent when its stream closed. */
	unsent: RequestInFlight | undefined;

	/** @param abandoned is called with a stream that its client has reset, or left by closing its connection */
	constructor(session: Http2Session, socket: SessionSocket, abandoned: (entry: StreamInFlight) => void) {
		super();
		this.socket = socket;
		this.#abandoned = abandoned;
		socket[SESSION] = session;
		if (session.state.lastProcStreamID) seenLate.add(this);
	}

	get session(): Http2Session {
		return this.socket[SESSION] as Http2Session;
	}

	/** True if every stream was seen, since the session was known from its beginning. */
	get isSeenWhole(): boolean {
		return !seenLate.has(this);
	}

	/** Returns true if a stream is open whose number is higher than this one. */
	hasAbove(number: number): boolean {
		return [...this].some(({ stream: { id = 0 } }) => id > number);
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
		if (this.size >= LOOK_AT) lookAtOldest(this);
		const entry: Entry = {
			stream,
			headers,
			startedAt: monotonicNow(),
			response: undefined,
			list: undefined,
			older: undefined,
			newer: undefined,
		};
		this.add(entry);
		this.newestId = stream.id ?? 0;
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
	 * @param highest higher numbers are those of streams that are never processed, so that GOAWAY need not wait for them
	 */
	isBusy(highest: number): boolean {
		return [...this].some((entry) => (entry.stream.id ?? 0) <= highest && !endsAfterGoaway(entry));
	}

	/** @internal for the shadow */
	close(entry: Entry): void {
		if (!this.delete(entry)) return;
		this.hasResponded = true;
		const isDraining = this.served !== undefined;
		this.served?.streamClosed();
		const mayBeUnsent = isDraining || unsentBytes(this.socket) > 0;
		// Closed before its response was ended: nothing of it is on its way.
		if (entry.stream.aborted) this.#abandoned(entry);
		else this.unsent = mayBeUnsent ? toRequestInFlight(entry) : undefined;
	}
}

/** Forgets those of the oldest that have closed. The others become the newest, so that each has its turn. */
function lookAtOldest(streams: SessionStreams): void {
	for (let looks = 0; looks < LOOKS && streams.oldest !== undefined; looks++) {
		const { oldest } = streams;
		if (oldest.stream.destroyed) streams.close(oldest);
		else if (streams.delete(oldest)) streams.add(oldest);
	}
}
