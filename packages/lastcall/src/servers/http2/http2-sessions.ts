import type { Http2ServerResponse, Http2Session, IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import { Pruner } from "../../core/pruner.ts";
import type { AbandonedRequests } from "../listening/abandoned-requests.ts";
import type { Leaving } from "../listening/leaving.ts";
import type { ProtocolConnections } from "../listening/protocol-connections.ts";
import type { RequestInFlight } from "../listening/request-name.ts";
import { abandonStream } from "./abandoned-stream.ts";
import { Session } from "./http2-session.ts";
import { requestOf } from "./http2-stream.ts";

/** The HTTP/2 sessions of a server. */
export class Http2Sessions implements ProtocolConnections {
	readonly #sessions = new Map<Http2Session, Session>();
	/** The program may take away the listener that would tell of the end of a socket. */
	readonly #pruner = new Pruner(this.#sessions, ([session, { socket }]) => {
		if (socket.closed) this.#sessions.delete(session);
	});
	readonly #known: Iterable<Http2Session>;
	readonly #abandoned: AbandonedRequests;
	readonly #endUnseen: () => void;
	#leaving: Leaving | undefined;
	/** Sessions whose clients have had an answer wait too: serving them takes the time in which connections are to be accepted. */
	#holdsAll = false;

	/**
	 * @param known those that somebody else has kept
	 * @param endUnseen ends those that were there before it was, as far as that can be done
	 */
	constructor(known: Iterable<Http2Session>, abandoned: AbandonedRequests, endUnseen: () => void) {
		this.#known = known;
		this.#abandoned = abandoned;
		this.#endUnseen = endUnseen;
	}

	get size(): number {
		this.#pruner.pruneAll();
		return this.#sessions.size;
	}

	/** Of the two ways in which Node.js hands a request over, `stream` is the one below the other. */
	sees(event: string | symbol, subject: unknown, other: unknown): boolean {
		if (event === "session") this.#track(subject as Http2Session);
		if (event === "request") this.#answers(other as Http2ServerResponse);
		if (event !== "stream") return false;
		const stream = subject as ServerHttp2Stream;
		// One that its client has reset already is in no session.
		if (stream.session === undefined || stream.session.destroyed) return false;
		const session = this.#track(stream.session);
		session.arrived(stream, other as IncomingHttpHeaders);
		// A client that was answered on this session is not in the accept queue, and won't join it.
		return this.#leaving !== undefined || this.#holdsAll || session.isNew;
	}

	admits(event: string | symbol, subject: unknown, headers: unknown): boolean {
		if (event !== "stream") return true;
		const stream = subject as ServerHttp2Stream;
		const session = stream.session && this.#sessions.get(stream.session);
		return session?.admits(stream, headers as IncomingHttpHeaders) ?? false;
	}

	waits(event: string | symbol, subject: unknown): boolean {
		if (event !== "stream") return false;
		const stream = subject as ServerHttp2Stream;
		return (stream.session && this.#sessions.get(stream.session)?.isHolding) ?? false;
	}

	inFlight(): RequestInFlight[] {
		this.#pruner.pruneAll();
		return [...this.#sessions.values()].flatMap(({ inFlight }) => inFlight.map(requestOf));
	}

	holdAll(): void {
		this.#holdsAll = true;
	}

	leave(leaving: Leaving): void {
		for (const session of this.#known) if (!session.destroyed) this.#track(session);
		this.#leaving = leaving;
		const delays = leaving.goodbyes.delays(this.#sessions.size).values();
		for (const session of this.#sessions.values()) session.leave(leaving.lingerMs, delays.next().value);
	}

	sweep(leaving: Leaving, polledAt: number): void {
		for (const session of this.#sessions.values()) {
			session.sweep(polledAt, leaving.lingerMs);
			session.endStreams(performance.now(), leaving);
		}
	}

	endUnseen(): void {
		this.#endUnseen();
	}

	drop(isHeld: (request: unknown) => boolean, end: (destroy: () => void) => void): void {
		for (const session of this.#sessions.values()) end(() => session.drop(isHeld, end));
	}

	/** HTTP/1.1 of the same server has answers without a stream, and one that its client has reset is in no session. */
	#answers(response: Http2ServerResponse): void {
		const session = response.stream?.session;
		if (session !== undefined) this.#sessions.get(session)?.answers(response);
	}

	#track(session: Http2Session): Session {
		const known = this.#sessions.get(session);
		if (known !== undefined) return known;
		const gone = (): void => void this.#sessions.delete(session);
		const added = new Session(session, gone, (entry) => abandonStream(entry, this.#abandoned));
		this.#pruner.pruneSome();
		this.#sessions.set(session, added);
		if (this.#leaving !== undefined) added.leave(this.#leaving.lingerMs);
		return added;
	}
}
