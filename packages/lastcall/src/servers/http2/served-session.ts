import type { Http2Session, IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import type { Socket } from "node:net";
import type { EndedEarlyReason } from "../../core/drainable.ts";
import type { ClosingWindow } from "../listening/closing-window.ts";
import { unsentBytes } from "../listening/connection-activity.ts";
import type { DrainPlan } from "../listening/drain-plan.ts";
import { Linger } from "../listening/linger.ts";
import type { RequestInFlight } from "../listening/request-name.ts";
import { type Due, LOOK_EVERY_MS } from "../listening/visit-due.ts";
import { endEventStream } from "../responses/event-stream.ts";
import { closeSession, refuse, toRequestInFlight } from "./http2-stream.ts";
import { QuietMoment } from "./quiet-moment.ts";
import type { SessionStreams } from "./session-streams.ts";

/** The codes of RFC 9113, section 7. Written out, so that a program without HTTP/2 need not load `node:http2`. */
const INTERNAL_ERROR = 2;

/** One client's HTTP/2 session while draining: how it is closed. Before that only its streams are noted. */
export class ServedSession implements Due {
	readonly socket: Socket;
	readonly #session: Http2Session;
	readonly #moment: QuietMoment;
	readonly #streams: SessionStreams;
	readonly #linger = new Linger();
	#hasSentGoaway = false;
	/** When the first step towards GOAWAY is due. Infinite until the drain begins. */
	#drainsAt = Number.POSITIVE_INFINITY;
	/** True from then on. */
	#isSeeking = false;
	/** The highest number of a stream that the program has. Higher ones are held. */
	#newestHanded = 0;
	/** When `sweep` is due next, as `performance.now()` counts. */
	dueAt = 0;

	constructor(streams: SessionStreams) {
		this.#session = streams.session;
		this.#streams = streams;
		this.socket = streams.socket;
		this.#moment = new QuietMoment(streams.session, this.socket, streams.hasResponded);
	}

	/** A stream has closed. */
	streamClosed(): void {
		this.#moment.responded();
		if (this.#isSeeking && !this.#isBusy) this.#moment.ping();
	}

	/** The requests in flight. */
	get inFlight(): readonly RequestInFlight[] {
		const { inFlight, unsent } = this.#streams;
		if (inFlight.length > 0) return inFlight;
		// A stream closes before the end of a large response has been sent.
		const isSent = !this.#hasSentGoaway || this.socket.writableFinished || this.socket.destroyed || this.#isStuckInHead;
		return isSent || unsent === undefined ? [] : [unsent];
	}

	/** The head of a request has arrived. It has to wait where requests are held. */
	arrived(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): true {
		if (this.#streams.newestId === 0) this.#moment.seek();
		this.#streams.arrived(stream, headers);
		return true;
	}

	/** Returns true if streams have to be held for longer than the poll that brings them. */
	get isHolding(): boolean {
		return this.#moment.isForced && !this.#hasSentGoaway;
	}

	/**
	 * The session is drained from now on.
	 * @param delayMs its share of the time over which GOAWAY is spread
	 */
	beginDrain(delayMs = 0): void {
		this.#drainsAt = this.dueAt = performance.now() + delayMs;
		// What came before is handed to the program now.
		this.#newestHanded = this.#streams.newestId;
	}

	/** From now on GOAWAY is sent at the first moment in which nothing is in flight. */
	#seek(lingerMs: number): void {
		this.#isSeeking = true;
		this.#linger.restart(this.socket.bytesRead);
		this.#moment.seek(lingerMs);
		if (this.#streams.newestId > 0 && !this.#isBusy) this.#moment.ping();
	}

	/** Returns true if a stream that was held may be processed. */
	admits(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): boolean {
		const { id = 0 } = stream;
		// GOAWAY has told the client that it is not processed.
		if (this.#hasSentGoaway && id > this.#newestHanded) return false;
		this.#newestHanded = Math.max(this.#newestHanded, id);
		// A request whose client has gone must not be executed: it can have no response.
		if (stream.destroyed || stream.closed || stream.aborted) return false;
		if (headers[":method"] !== "CONNECT") return true;
		// A tunnel has no end of its own.
		refuse(stream);
		return false;
	}

	/** Takes the next step towards the end, and ends the event streams whose time has come. To be called right after a poll. */
	sweep(plan: DrainPlan, polledAt: number, closing: ClosingWindow<Http2Session>): void {
		if (!this.#isSeeking) {
			this.dueAt = polledAt + LOOK_EVERY_MS;
			const isLate = polledAt - this.#drainsAt > plan.hardStopAt - polledAt;
			if (!closing.hasRoom && !isLate) return;
			closing.add(this.#session);
			this.#seek(plan.lingerMs);
		}
		this.#goOn(polledAt, plan.lingerMs);
		this.#endStreams(plan);
	}

	/** Takes the next step towards the end if the client has been silent for long enough. */
	#goOn(polledAt: number, lingerMs: number): void {
		this.#streams.clear();
		const { bytesRead: received, writableFinished } = this.socket;
		const isStuck = this.#isStuckInHead;
		const isSending = this.#streams.size > 0 || (this.#hasSentGoaway && !writableFinished && !isStuck);
		if (isSending) this.#linger.keepWaiting(received, polledAt);
		const isOver = !isSending && this.#linger.isOver({ polledAt, received }, { silentMs: lingerMs });
		this.dueAt = this.#linger.nextLookAt;
		if (this.#hasSentGoaway) {
			// GOAWAY, the last response and FIN have been sent, and the client has had the time to read them.
			if (isOver && !isStuck) this.socket.destroy();
			// The rest of the head never came. This half-closes the connection after all that was written, as if it had.
			else if (isOver) this.#session.destroy();
		} else if (this.#streams.newestId === 0 || this.#isReadingHead) {
			// With half a head read, GOAWAY would promise to serve it. A client that takes longer for the rest has sent no request.
			if (isOver || polledAt - this.#drainsAt >= 2 * lingerMs) this.#sendGoaway();
		} else {
			if (this.#moment.hasCome(polledAt, this.#isBusy)) this.#sendGoaway();
			this.dueAt = this.#moment.nextLookAt;
		}
	}

	/** Ends the event streams whose time has come. Not before GOAWAY: their clients would reconnect on this session. */
	#endStreams(plan: DrainPlan): void {
		const moment = { plan, isDue: this.#hasSentGoaway, isLast: performance.now() >= plan.lastMomentAt };
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

	/** Returns true while something is in flight that has to end before GOAWAY. */
	get #isBusy(): boolean {
		return this.#streams.isBusy(this.#moment.isForced ? this.#newestHanded : Number.POSITIVE_INFINITY);
	}

	/** Returns true if only a part of a request's head has arrived (HEADERS without END_HEADERS). */
	get #isReadingHead(): boolean {
		return (this.#session.state.lastProcStreamID ?? 0) > this.#streams.newestId;
	}

	/** Returns true if only half a head keeps a closed session open: to Node.js it is a stream that has not ended. */
	get #isStuckInHead(): boolean {
		const isIdle = this.#hasSentGoaway && this.#streams.size === 0 && unsentBytes(this.socket) === 0;
		return isIdle && this.#streams.isSeenWhole && this.#isReadingHead;
	}

	/**
	 * Sends GOAWAY, which tells the client the last of its streams that are processed (RFC 9113, section 6.8). Held streams and
	 * those that cross it are not. To be called right after a poll, so that what has arrived is among the processed ones. Node.js
	 * half-closes the connection once nothing is in flight, and then reads until the client has closed its side.
	 */
	#sendGoaway(): void {
		this.#hasSentGoaway = true;
		// Node.js has no GOAWAY that means that no stream is processed.
		const refusesHeld = this.#streams.hasAbove(this.#newestHanded) && this.#newestHanded > 0;
		if (!refusesHeld) this.#newestHanded = this.#streams.newestId;
		closeSession(this.#session, refusesHeld ? this.#newestHanded : undefined);
	}
}
