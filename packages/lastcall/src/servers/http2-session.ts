import type { Http2ServerResponse, Http2Session, IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import type { Socket } from "node:net";
import type { EndedEarlyReason } from "../core/drainable.ts";
import { Gleaner } from "../core/gleaner.ts";
import { endEventStream } from "./event-stream.ts";
import { QuietClient } from "./http2-quiet.ts";
import type { Leaving } from "./leaving.ts";
import { bytesWaiting } from "./signs-of-life.ts";

/** A stream whose answer is not out. */
export interface StreamInFlight {
	readonly stream: ServerHttp2Stream;
	readonly headers: IncomingHttpHeaders;
	readonly startedAt: number;
	/** Where the program uses the API that is above the stream. */
	response?: Http2ServerResponse;
}

/** The codes of RFC 9113 §7. Written out, so that a program without HTTP/2 need not load `node:http2`. */
const INTERNAL_ERROR = 2;
const REFUSED_STREAM = 7;

/** One client's HTTP/2 session: which streams are in flight on it, and how it is said goodbye to. */
export class Session {
	/** The socket itself, of which a session only shows a proxy. */
	readonly socket: Socket;
	readonly #session: Http2Session;
	readonly #client: QuietClient;
	/** Every stream was seen, since it was known from its beginning. */
	readonly #isSeenWhole: boolean;
	readonly #abandoned: (entry: StreamInFlight) => void;
	readonly #streams = new Map<ServerHttp2Stream, StreamInFlight>();
	/** The program may take away the listener that would tell of the end of a stream. */
	readonly #gleaner = new Gleaner(this.#streams, ([stream, entry]) => {
		if (stream.destroyed) this.#closed(entry);
	});
	/** The highest number of a stream that the program was told of. */
	#lastStream = 0;
	#lastAnswer: StreamInFlight | undefined;
	#isLeaving = false;
	#saidGoodbye = false;
	#leftAt = 0;
	#idleSince = 0;
	#quietSince = 0;
	#bytesRead = 0;
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
		this.#client = new QuietClient(session, this.socket);
	}

	/** What is in flight. */
	get inFlight(): readonly StreamInFlight[] {
		this.#gleaner.gleanAll();
		if (this.#streams.size > 0) return [...this.#streams.values()];
		// The end of a large answer is on its way out for longer than its stream is open.
		const isOut = !this.#saidGoodbye || this.socket.writableFinished || this.socket.destroyed || this.#isStuckInHead;
		return isOut || this.#lastAnswer === undefined ? [] : [this.#lastAnswer];
	}

	/** The head of a request is here. */
	arrived(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
		const entry: StreamInFlight = { stream, headers, startedAt: performance.now() };
		this.#gleaner.glean();
		this.#streams.set(stream, entry);
		this.#lastStream = stream.id ?? 0;
		stream.once("close", () => this.#closed(entry));
	}

	#closed(entry: StreamInFlight): void {
		if (!this.#streams.delete(entry.stream)) return;
		this.#client.answered();
		// Closed before its response was ended: nothing of it is on its way.
		if (entry.stream.aborted) this.#abandoned(entry);
		else this.#lastAnswer = entry;
	}

	/** The program is handed a stream by its answer. */
	answers(response: Http2ServerResponse): void {
		const entry = this.#streams.get(response.stream);
		if (entry !== undefined) entry.response = response;
	}

	/** Reports whether a goodbye would cross nothing, as far as can be known. To be asked right after a poll. */
	isQuiet(now: number): boolean {
		return this.#lastStream === 0 || this.#client.isQuiet(now);
	}

	/** From now on its client is told to go: at once, or behind its first request if it is yet to ask. */
	leave(delayMs = 0): void {
		this.#isLeaving = true;
		this.#delayMs = delayMs;
		this.#leftAt = this.#idleSince = this.#quietSince = performance.now();
		this.#bytesRead = this.socket.bytesRead;
		if (this.#lastStream > 0) this.#sayGoodbye();
	}

	/** Reports whether a stream that was held may be processed. To be asked right after the poll that brought it. */
	admits(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): boolean {
		if (this.#isLeaving) this.#sayGoodbye();
		// A request whose client has gone must not be executed: nobody could be told.
		if (stream.destroyed || stream.closed || stream.aborted) return false;
		if (headers[":method"] !== "CONNECT") return true;
		// It has no end of its own.
		refuse(stream);
		return false;
	}

	/** Goes a step further where the client has been silent for long enough. To be called right after a poll. */
	sweep(now: number, lingerMs: number): void {
		this.#gleaner.gleanAll();
		const isStuck = this.#isStuckInHead;
		if (this.#streams.size > 0 || (this.#saidGoodbye && !this.socket.writableFinished && !isStuck)) {
			this.#idleSince = this.#quietSince = now;
		} else if (this.socket.bytesRead !== this.#bytesRead) {
			this.#quietSince = now;
		}
		this.#bytesRead = this.socket.bytesRead;
		const isOver = now - this.#quietSince >= lingerMs || now - this.#idleSince >= 2 * lingerMs;
		if (this.#saidGoodbye) {
			// GOAWAY, the last answer and FIN are out, and the client has had the time to read them.
			if (isOver && !isStuck) this.socket.destroy();
			// The head never came. This half-closes the connection behind all that was written, as if it had.
			else if (isOver) this.#session.destroy();
		} else if (isOver || now - this.#leftAt >= 2 * lingerMs) {
			// Who takes longer for a head than this has not asked.
			this.#close();
		} else if (this.#lastStream > 0) {
			this.#sayGoodbye();
		}
	}

	/** Ends event streams, each at its time. Clients reconnect: not before GOAWAY, or they would on this session. */
	endStreams(now: number, leaving: Leaving): void {
		if (!this.#isLeaving) return;
		const isDue = this.#saidGoodbye && now - this.#leftAt >= this.#delayMs;
		const moment = { leaving, isDue, isLast: now >= leaving.lastMomentAt };
		for (const { stream, headers, response: above, startedAt } of this.#streams.values()) {
			const ended = (why: EndedEarlyReason): void =>
				leaving.endedEarly({ what: nameOf(headers), ageMs: performance.now() - startedAt, why });
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

	/** To be called right after a poll, so that what has arrived counts as accepted. */
	#sayGoodbye(): void {
		// Of a head that has only begun to arrive, GOAWAY would say that it is served.
		if (!this.#isReadingHead) this.#close();
	}

	/** Returns true if the head of a request has only begun to arrive (HEADERS without END_HEADERS). */
	get #isReadingHead(): boolean {
		return (this.#session.state.lastProcStreamID ?? 0) > this.#lastStream;
	}

	/**
	 * Returns true if nothing but half a head keeps a closed session open: for Node.js it is a stream that has not ended, so
	 * that it neither closes the connection nor half-closes it.
	 */
	get #isStuckInHead(): boolean {
		const isIdle = this.#saidGoodbye && this.#streams.size === 0 && bytesWaiting(this.socket) === 0;
		return isIdle && this.#isSeenWhole && this.#isReadingHead;
	}

	/**
	 * Tells the client which of its streams are served, and that others were not processed (GOAWAY, RFC 9113 §6.8).
	 * What crosses that is refused by Node.js, which half-closes the connection once nothing is in flight, and then
	 * reads on until the client has closed its side.
	 */
	#close(): void {
		this.#saidGoodbye = true;
		this.#session.close();
	}
}

/** How a stream is named while it is in flight. */
export function nameOf({ ":method": method, ":path": path, ":authority": authority }: IncomingHttpHeaders): string {
	return method === "CONNECT" ? `upgraded stream CONNECT ${path ?? authority}` : `${method} ${path}`;
}

/** Tells the client that its request was not processed. */
function refuse(stream: ServerHttp2Stream): void {
	// It ends with an error, and the program, which has not seen it, can't listen.
	stream.on("error", () => {});
	stream.close(REFUSED_STREAM);
}
