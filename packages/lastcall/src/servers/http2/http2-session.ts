import type { Http2ServerResponse, Http2Session, IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import type { Socket } from "node:net";
import type { EndedEarlyReason } from "../../core/drainable.ts";
import { Pruner } from "../../core/pruner.ts";
import { endEventStream } from "../answers/event-stream.ts";
import type { Leaving } from "../listening/leaving.ts";
import { Linger } from "../listening/linger.ts";
import { bytesWaiting } from "../listening/signs-of-life.ts";
import { QuietMoment } from "./http2-quiet.ts";
import { closeSession, endsBehindGoaway, refuse, requestOf, type StreamInFlight } from "./http2-stream.ts";

/** The codes of RFC 9113 §7. Written out, so that a program without HTTP/2 need not load `node:http2`. */
const INTERNAL_ERROR = 2;

/** One client's HTTP/2 session: which streams are in flight on it, and how it is said goodbye to. */
export class Session {
	/** The socket itself, of which a session only shows a proxy. */
	readonly socket: Socket;
	readonly #session: Http2Session;
	readonly #moment: QuietMoment;
	/** Every stream was seen, since it was known from its beginning. */
	readonly #isSeenWhole: boolean;
	readonly #abandoned: (entry: StreamInFlight) => void;
	readonly #streams = new Map<ServerHttp2Stream, StreamInFlight>();
	/** The program may take away the listener that would tell of the end of a stream. */
	readonly #pruner = new Pruner(this.#streams, ([stream, entry]) => {
		if (stream.destroyed) this.#closed(entry);
	});
	/** The highest number of a stream that has come. */
	#lastStream = 0;
	/** The highest number of a stream that the program has. What is above it is held. */
	#lastHanded = 0;
	#lastAnswer: StreamInFlight | undefined;
	#isLeaving = false;
	#saidGoodbye = false;
	#leftAt = 0;
	readonly #linger = new Linger();
	/** Its event streams' share of the time over which goodbyes are spread. */
	#delayMs = 0;

	/**
	 * @param gone is called when the connection has ended
	 * @param abandoned is called with a stream that its client has reset, or left with its connection
	 */
	constructor(session: Http2Session, gone: () => void, abandoned: (entry: StreamInFlight) => void) {
		this.#session = session;
		this.#isSeenWhole = !session.state.lastProcStreamID;
		this.#abandoned = abandoned;
		// The proxy hides `destroy` and passes this on, which returns the socket.
		this.socket = session.socket.once("close", gone) as Socket;
		this.#moment = new QuietMoment(session, this.socket, (polledAt) => this.#goIfQuiet(polledAt));
	}

	/** What is in flight. */
	get inFlight(): readonly StreamInFlight[] {
		this.#pruner.pruneAll();
		if (this.#streams.size > 0) return [...this.#streams.values()];
		// The end of a large answer is on its way out for longer than its stream is open.
		const isOut = !this.#saidGoodbye || this.socket.writableFinished || this.socket.destroyed || this.#isStuckInHead;
		return isOut || this.#lastAnswer === undefined ? [] : [this.#lastAnswer];
	}

	/** The head of a request is here. */
	arrived(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
		const entry: StreamInFlight = { stream, headers, startedAt: performance.now() };
		this.#pruner.pruneSome();
		this.#streams.set(stream, entry);
		if (this.#lastStream === 0) this.#moment.seek();
		this.#lastStream = stream.id ?? 0;
		stream.once("close", () => this.#closed(entry));
	}

	#closed(entry: StreamInFlight): void {
		if (!this.#streams.delete(entry.stream)) return;
		this.#moment.answered();
		if (this.#isLeaving && !this.#isBusy) this.#moment.ask();
		// Closed before its response was ended: nothing of it is on its way.
		if (entry.stream.aborted) this.#abandoned(entry);
		else this.#lastAnswer = entry;
	}

	/** The program is handed a stream by its answer. */
	answers(response: Http2ServerResponse): void {
		const entry = this.#streams.get(response.stream);
		if (entry !== undefined) entry.response = response;
	}

	/** Returns true if its client has had no answer yet. */
	get isNew(): boolean {
		return !this.#moment.hasAnswered;
	}

	/** Returns true if streams are to be held for longer than the poll that brings them. */
	get isHolding(): boolean {
		return this.#moment.isMade && !this.#saidGoodbye;
	}

	/** From now on its client is told to go, at the first moment in which nothing is in flight. */
	leave(lingerMs: number, delayMs = 0): void {
		this.#isLeaving = true;
		this.#delayMs = delayMs;
		this.#leftAt = performance.now();
		this.#linger.restart(this.socket.bytesRead);
		// What has come before is handed on now.
		this.#lastHanded = this.#lastStream;
		this.#moment.seek(lingerMs);
		if (this.#lastStream > 0 && !this.#isBusy) this.#moment.ask();
	}

	/** Reports whether a stream that was held may be processed. */
	admits(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): boolean {
		const { id = 0 } = stream;
		// GOAWAY has said that it is not processed.
		if (this.#saidGoodbye && id > this.#lastHanded) return false;
		this.#lastHanded = Math.max(this.#lastHanded, id);
		// A request whose client has gone must not be executed: nobody could be told.
		if (stream.destroyed || stream.closed || stream.aborted) return false;
		if (headers[":method"] !== "CONNECT") return true;
		// It has no end of its own.
		refuse(stream);
		return false;
	}

	/** Goes a step further where the client has been silent for long enough. To be called right after a poll. */
	sweep(polledAt: number, lingerMs: number): void {
		this.#pruner.pruneAll();
		const isStuck = this.#isStuckInHead;
		if (this.#streams.size > 0 || (this.#saidGoodbye && !this.socket.writableFinished && !isStuck)) {
			this.#linger.restart(this.socket.bytesRead);
		}
		const isOver = this.#linger.isOver({ polledAt, received: this.socket.bytesRead }, { silentMs: lingerMs });
		if (this.#saidGoodbye) {
			// GOAWAY, the last answer and FIN are out, and the client has had the time to read them.
			if (isOver && !isStuck) this.socket.destroy();
			// The head never came. This half-closes the connection behind all that was written, as if it had.
			else if (isOver) this.#session.destroy();
		} else if (this.#lastStream === 0 || this.#isReadingHead) {
			// Of half a head GOAWAY would say that it is served. Who takes longer for it than this has not asked.
			if (isOver || polledAt - this.#leftAt >= 2 * lingerMs) this.#sayGoodbye();
		} else this.#goIfQuiet(polledAt);
	}

	/** Ends event streams, each at its time. Clients reconnect: not before GOAWAY, or they would on this session. */
	endStreams(now: number, leaving: Leaving): void {
		if (!this.#isLeaving) return;
		const isDue = this.#saidGoodbye && now - this.#leftAt >= this.#delayMs;
		const moment = { leaving, isDue, isLast: now >= leaving.lastMomentAt };
		for (const entry of this.#streams.values()) {
			const { stream, headers, response: above } = entry;
			const ended = (why: EndedEarlyReason): void => leaving.endedEarly(requestOf(entry), why);
			endEventStream({ method: headers[":method"], headers, response: stream, above }, { ...moment, ended });
		}
	}

	/**
	 * Ends it now, with GOAWAY saying that this is an error. Not by closing or destroying the streams, even with an error
	 * code: Node.js then ends half an answer as if it were whole, by END_STREAM or by no word at all.
	 */
	drop(isHeld: (stream: unknown) => boolean, end: (destroy: () => void) => void): void {
		for (const stream of this.#streams.keys()) if (isHeld(stream)) refuse(stream);
		if (!this.#session.destroyed) this.#session.goaway(INTERNAL_ERROR);
		// What was submitted is written at the beginning of the check phase.
		setImmediate(() => end(() => this.socket.destroy()));
	}

	/** To be called right after a poll. */
	#goIfQuiet(polledAt: number): void {
		if (this.#saidGoodbye || this.#isReadingHead) return;
		if (this.#moment.hasCome(polledAt, this.#isBusy)) this.#sayGoodbye();
	}

	/** Returns true while something is in flight that is to end before GOAWAY. */
	get #isBusy(): boolean {
		return [...this.#streams.values()].some((entry) => {
			const isHeld = this.#moment.isMade && (entry.stream.id ?? 0) > this.#lastHanded;
			return !isHeld && !endsBehindGoaway(entry);
		});
	}

	/** Returns true if the head of a request has only begun to arrive (HEADERS without END_HEADERS). */
	get #isReadingHead(): boolean {
		return (this.#session.state.lastProcStreamID ?? 0) > this.#lastStream;
	}

	/** Returns true if nothing but half a head keeps a closed session open: to Node.js it is a stream that has not ended. */
	get #isStuckInHead(): boolean {
		const isIdle = this.#saidGoodbye && this.#streams.size === 0 && bytesWaiting(this.socket) === 0;
		return isIdle && this.#isSeenWhole && this.#isReadingHead;
	}

	/**
	 * Tells the client which of its streams are served, and that others were not processed (GOAWAY, RFC 9113 §6.8): those that
	 * are held, and what crosses it. To be called right after a poll, so that what has arrived is among them. Node.js
	 * half-closes the connection once nothing is in flight, and then reads on until the client has closed its side.
	 */
	#sayGoodbye(): void {
		this.#saidGoodbye = true;
		const hasHeld = [...this.#streams.keys()].some(({ id = 0 }) => id > this.#lastHanded);
		// Node.js has no GOAWAY that says that none is served.
		const refusesHeld = hasHeld && this.#lastHanded > 0;
		if (!refusesHeld) this.#lastHanded = this.#lastStream;
		closeSession(this.#session, refusesHeld ? this.#lastHanded : undefined);
	}
}
