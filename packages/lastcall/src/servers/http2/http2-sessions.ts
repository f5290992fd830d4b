import type { Http2ServerResponse, Http2Session, IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import { Pruner } from "../../core/pruner.ts";
import type { AbandonedRequests } from "../listening/abandoned-requests.ts";
import type { DrainPlan } from "../listening/drain-plan.ts";
import type { ProtocolConnections } from "../listening/protocol-connections.ts";
import type { RequestInFlight } from "../listening/request-name.ts";
import { abandonStream } from "./abandoned-stream.ts";

import { toRequestInFlight } from "./http2-stream.ts";
import { ServedSession } from "./served-session.ts";

/** The HTTP/2 sessions of a server. */
export class Http2Sessions implements ProtocolConnections {
	readonly #sessions = new Map<Http2Session, ServedSession>();
	/** The program may remove the listener for the end of a socket. */
	readonly #pruner = new Pruner(this.#sessions, ([session, { socket }]) => {
		if (socket.closed) this.#sessions.delete(session);
	});
	readonly #known: Iterable<Http2Session>;
	readonly #abandoned: AbandonedRequests;
	readonly #endUnseen: () => void;
	#plan: DrainPlan | undefined;
	/**
	 * Requests of clients that have had a response are held too: to serve them takes the time in which connections have to be
	 * accepted.
	 */
	#holdsAll = false;

	/**
	 * @param known sessions from before this object, where another library has kept them
	 * @param endUnseen ends the sessions from before that, if that can be done
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

	get idle(): number {
		this.#pruner.pruneAll();
		let idle = 0;
		for (const { inFlight } of this.#sessions.values()) if (inFlight.length === 0) idle++;
		return idle;
	}

	/** Node.js emits each request twice: as a `stream`, and as a `request` on top of it. */
	sees(event: string | symbol, subject: unknown, other: unknown): boolean {
		if (event === "session") this.#track(subject as Http2Session);
		if (event === "request") this.#setResponse(other as Http2ServerResponse);
		if (event !== "stream") return false;
		const stream = subject as ServerHttp2Stream;
		// A stream that its client has reset already is in no session.
		if (stream.session === undefined || stream.session.destroyed) return false;
		const session = this.#track(stream.session);
		session.arrived(stream, other as IncomingHttpHeaders);
		// A client that had a response on this session is not in the accept queue, and won't join it.
		return this.#plan !== undefined || this.#holdsAll || session.isNew;
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
		return [...this.#sessions.values()].flatMap(({ inFlight }) => inFlight.map(toRequestInFlight));
	}

	holdAll(): void {
		this.#holdsAll = true;
	}

	beginDrain(plan: DrainPlan): void {
		for (const session of this.#known) if (!session.destroyed) this.#track(session);
		this.#plan = plan;
		const delays = plan.spread.delays(this.#sessions.size).values();
		for (const session of this.#sessions.values()) session.beginDrain(plan.lingerMs, delays.next().value);
	}

	sweep(plan: DrainPlan, polledAt: number): void {
		for (const session of this.#sessions.values()) {
			session.sweep(polledAt, plan.lingerMs);
			session.endStreams(performance.now(), plan);
		}
	}

	endUnseen(): void {
		this.#endUnseen();
	}

	cut(isHeld: (request: unknown) => boolean, end: (destroy: () => void) => void): void {
		for (const session of this.#sessions.values()) end(() => session.cut(isHeld, end));
	}

	/** Responses of HTTP/1.1 on the same server have no stream, and a stream that its client has reset is in no session. */
	#setResponse(response: Http2ServerResponse): void {
		const session = response.stream?.session;
		if (session !== undefined) this.#sessions.get(session)?.setResponse(response);
	}

	#track(session: Http2Session): ServedSession {
		const known = this.#sessions.get(session);
		if (known !== undefined) return known;
		const gone = (): void => void this.#sessions.delete(session);
		const added = new ServedSession(session, gone, (entry) => abandonStream(entry, this.#abandoned));
		this.#pruner.pruneSome();
		this.#sessions.set(session, added);
		if (this.#plan !== undefined) added.beginDrain(this.#plan.lingerMs);
		return added;
	}
}
