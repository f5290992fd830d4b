import type { Http2ServerResponse, Http2Session, IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import type { Socket } from "node:net";
import type { EndedEarlyReason } from "../../core/drainable.ts";
import { unsentBytes } from "../listening/connection-activity.ts";
import type { DrainPlan } from "../listening/drain-plan.ts";
import { Linger } from "../listening/linger.ts";
import { endEventStream } from "../responses/event-stream.ts";
import { closeSession, refuse, type StreamInFlight, toRequestInFlight } from "./http2-stream.ts";
import { QuietMoment } from "./quiet-moment.ts";
import { SessionStreams } from "./session-streams.ts";

/** The codes of RFC 9113, section 7. Written out, so that a program without HTTP/2 need not load `node:http2`. */
const INTERNAL_ERROR = 2;

/** One client's HTTP/2 session: which streams are in flight on it, and how it is closed. */
export class ServedSession {
	/** The real socket. `session.socket` is only a proxy for it. */
	readonly socket: Socket;
	readonly #session: Http2Session;
	readonly #moment: QuietMoment;
	/** True if every stream was seen, since the session was known from its beginning. */
	readonly #isSeenWhole: boolean;
	readonly #abandoned: (entry: StreamInFlight) => void;
	readonly #streams: SessionStreams = new SessionStreams((entry) => this.#closed(entry));
	readonly #linger = new Linger();
	#lastResponse: StreamInFlight | undefined;
	#isDraining = false;
	#hasSentGoaway = false;
	#drainingSince = 0;
	/** The share of its event streams of the time over which the ends of event streams are spread. */
	#delayMs = 0;

	/**
	 * @param gone is called when the connection has closed
	 * @param abandoned is called with a stream that its client has reset, or left by closing its connection
	 */
	constructor(session: Http2Session, gone: () => void, abandoned: (entry: StreamInFlight) => void) {
		this.#session = session;
		this.#isSeenWhole = !session.state.lastProcStreamID;
		this.#abandoned = abandoned;
		// The trick: the proxy throws for `destroy()`, and for everything once the session is destroyed. It binds other methods to
		// the real socket (`proxySocketHandler` in `lib/internal/http2/core.js`), and `once()` returns what it is called on.
		this.socket = session.socket.once("close", gone) as Socket;
		this.#moment = new QuietMoment(session, this.socket, (polledAt) => this.#closeIfQuiet(polledAt));
	}

	/** The streams in flight. */
	get inFlight(): readonly StreamInFlight[] {
		this.#streams.clear();
		if (this.#streams.size > 0) return [...this.#streams];
		// A stream closes before the end of a large response has been sent.
		const isSent = !this.#hasSentGoaway || this.socket.writableFinished || this.socket.destroyed || this.#isStuckInHead;
		return isSent || this.#lastResponse === undefined ? [] : [this.#lastResponse];
	}

	/** The head of a request has arrived. */
	arrived(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
		if (this.#streams.newest === 0) this.#moment.seek();
		this.#streams.add(stream, headers);
	}

	#closed(entry: StreamInFlight): void {
		this.#moment.responded();
		if (this.#isDraining && !this.#isBusy) this.#moment.ping();
		// Closed before its response was ended: nothing of it is on its way.
		if (entry.stream.aborted) this.#abandoned(entry);
		else this.#lastResponse = entry;
	}

	/** The program uses the API above the stream, and gets this response. */
	setResponse(response: Http2ServerResponse): void {
		const entry = this.#streams.find(response.stream);
		if (entry !== undefined) entry.response = response;
	}

	/** Returns true if its client has had no response yet. */
	get isNew(): boolean {
		return !this.#moment.hasResponded;
	}

	/** Returns true if streams have to be held for longer than the poll that brings them. */
	get isHolding(): boolean {
		return this.#moment.isForced && !this.#hasSentGoaway;
	}

	/** From now on GOAWAY is sent at the first moment in which nothing is in flight. */
	beginDrain(lingerMs: number, delayMs = 0): void {
		this.#isDraining = true;
		this.#delayMs = delayMs;
		this.#drainingSince = performance.now();
		this.#linger.restart(this.socket.bytesRead);
		// What came before is handed to the program now.
		this.#streams.newestHanded = this.#streams.newest;
		this.#moment.seek(lingerMs);
		if (this.#streams.newest > 0 && !this.#isBusy) this.#moment.ping();
	}

	/** Returns true if a stream that was held may be processed. */
	admits(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): boolean {
		const { id = 0 } = stream;
		// GOAWAY has told the client that it is not processed.
		if (this.#hasSentGoaway && id > this.#streams.newestHanded) return false;
		this.#streams.newestHanded = Math.max(this.#streams.newestHanded, id);
		// A request whose client has gone must not be executed: it can have no response.
		if (stream.destroyed || stream.closed || stream.aborted) return false;
		if (headers[":method"] !== "CONNECT") return true;
		// A tunnel has no end of its own.
		refuse(stream);
		return false;
	}

	/** Takes the next step towards the end if the client has been silent for long enough. To be called right after a poll. */
	sweep(polledAt: number, lingerMs: number): void {
		this.#streams.clear();
		const { bytesRead: received, writableFinished } = this.socket;
		const isStuck = this.#isStuckInHead;
		if (this.#streams.size > 0 || (this.#hasSentGoaway && !writableFinished && !isStuck))
			this.#linger.restart(received);
		const isOver = this.#linger.isOver({ polledAt, received }, { silentMs: lingerMs });
		if (this.#hasSentGoaway) {
			// GOAWAY, the last response and FIN have been sent, and the client has had the time to read them.
			if (isOver && !isStuck) this.socket.destroy();
			// The rest of the head never came. This half-closes the connection after all that was written, as if it had.
			else if (isOver) this.#session.destroy();
		} else if (this.#streams.newest === 0 || this.#isReadingHead) {
			// With half a head read, GOAWAY would promise to serve it. A client that takes longer for the rest has sent no request.
			if (isOver || polledAt - this.#drainingSince >= 2 * lingerMs) this.#sendGoaway();
		} else this.#closeIfQuiet(polledAt);
	}

	/** Ends the event streams whose time has come. Not before GOAWAY: their clients would reconnect on this session. */
	endStreams(now: number, plan: DrainPlan): void {
		if (!this.#isDraining) return;
		const isDue = this.#hasSentGoaway && now - this.#drainingSince >= this.#delayMs;
		const moment = { plan, isDue, isLast: now >= plan.lastMomentAt };
		for (const entry of this.#streams) {
			const { stream, headers, response: above } = entry;
			const ended = (why: EndedEarlyReason): void => plan.endedEarly(toRequestInFlight(entry), why);
			endEventStream({ method: headers[":method"], headers, response: stream, above }, { ...moment, ended });
		}
	}

	/**
	 * Ends the session now, with a GOAWAY that means an error. The streams are neither closed nor destroyed, even with an error
	 * code: Node.js would end half a response as if it were complete, with END_STREAM or without any frame.
	 */
	cut(isHeld: (stream: unknown) => boolean, end: (destroy: () => void) => void): void {
		for (const { stream } of this.#streams) if (isHeld(stream)) refuse(stream);
		if (!this.#session.destroyed) this.#session.goaway(INTERNAL_ERROR);
		// nghttp2 writes the frame at the beginning of the check phase.
		setImmediate(() => end(() => this.socket.destroy()));
	}

	/** To be called right after a poll. */
	#closeIfQuiet(polledAt: number): void {
		if (this.#hasSentGoaway || this.#isReadingHead) return;
		if (this.#moment.hasCome(polledAt, this.#isBusy)) this.#sendGoaway();
	}

	/** Returns true while something is in flight that has to end before GOAWAY. */
	get #isBusy(): boolean {
		return this.#streams.isBusy(this.#moment.isForced);
	}

	/** Returns true if only a part of a request's head has arrived (HEADERS without END_HEADERS). */
	get #isReadingHead(): boolean {
		return (this.#session.state.lastProcStreamID ?? 0) > this.#streams.newest;
	}

	/** Returns true if only half a head keeps a closed session open: to Node.js it is a stream that has not ended. */
	get #isStuckInHead(): boolean {
		const isIdle = this.#hasSentGoaway && this.#streams.size === 0 && unsentBytes(this.socket) === 0;
		return isIdle && this.#isSeenWhole && this.#isReadingHead;
	}

	/**
	 * Sends GOAWAY, which tells the client the last of its streams that are processed (RFC 9113, section 6.8). Held streams and
	 * those that cross it are not. To be called right after a poll, so that what has arrived is among the processed ones. Node.js
	 * half-closes the connection once nothing is in flight, and then reads until the client has closed its side.
	 */
	#sendGoaway(): void {
		this.#hasSentGoaway = true;
		// Node.js has no GOAWAY that means that no stream is processed.
		const refusesHeld = this.#streams.hasHeld && this.#streams.newestHanded > 0;
		if (!refusesHeld) this.#streams.newestHanded = this.#streams.newest;
		closeSession(this.#session, refusesHeld ? this.#streams.newestHanded : undefined);
	}
}
