import type { Http2ServerResponse, Http2Session, IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import { LinkedMap } from "../../core/linked-map.ts";
import { Pruner } from "../../core/pruner.ts";
import type { AbandonedRequests } from "../listening/abandoned-requests.ts";
import { ClosingWindow } from "../listening/closing-window.ts";
import type { DrainPlan } from "../listening/drain-plan.ts";
import { forEachYielding } from "../listening/for-each-yielding.ts";
import type { ProtocolConnections } from "../listening/protocol-connections.ts";
import type { RequestInFlight } from "../listening/request-name.ts";
import { canShadowDestroy, type Destroy, shadowDestroy } from "../listening/shadow-destroy.ts";
import { visitDue } from "../listening/visit-due.ts";
import { abandonStream } from "./abandoned-stream.ts";
import type { StreamInFlight } from "./http2-stream.ts";
import { ServedSession } from "./served-session.ts";
import { socketOf } from "./session-socket.ts";
import { SESSION, type SessionSocket, SessionStreams } from "./session-streams.ts";

/** The most sessions that are being ended at a time. Each costs several times as much as a connection of another protocol. */
const MOST_CLOSING = 200;

/** The HTTP/2 sessions of a server. */
export class Http2Sessions implements ProtocolConnections {
	/** Before the drain only the streams of each are noted. */
	readonly #sessions = new LinkedMap<Http2Session, SessionStreams<ServedSession>>();
	/** The program may remove the listener for the end of a socket. */
	readonly #pruner = new Pruner(this.#sessions, ({ session, socket }) => {
		if (socket.closed) this.#gone(session);
	});
	/** Each of these is one function for all sockets, or for all streams. */
	readonly #onClose: (this: SessionSocket) => void;
	readonly #onDestroy: Destroy;
	readonly #onAbandoned = (entry: StreamInFlight): void => abandonStream(entry, this.#abandoned);
	readonly #known: Iterable<Http2Session>;
	readonly #abandoned: AbandonedRequests;
	readonly #endUnseen: () => void;
	readonly #closing = new ClosingWindow<Http2Session>(MOST_CLOSING);
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
		const gone = (session: Http2Session): void => this.#gone(session);
		const onClose = function (this: SessionSocket): void {
			if (this[SESSION] !== undefined) gone(this[SESSION]);
		};
		this.#onClose = onClose;
		this.#onDestroy = shadowDestroy((socket: SessionSocket) => {
			const known = socket[SESSION] && this.#sessions.get(socket[SESSION]);
			// Its streams close after the socket.
			if (known !== undefined && known.served === undefined && known.size === 0) onClose.call(socket);
			else socket.once("close", onClose);
		});
	}

	get size(): number {
		this.#pruner.pruneAll();
		return this.#sessions.size;
	}

	get isAny(): boolean {
		return this.#pruner.hasAny();
	}

	get idle(): number {
		this.#pruner.pruneAll();
		let idle = 0;
		for (const streams of this.#sessions) if ((streams.served ?? streams).inFlight.length === 0) idle++;
		return idle;
	}

	/** Node.js emits each request twice: as a `stream`, and as a `request` on top of it. */
	sees(event: string | symbol, subject: unknown, other: unknown): boolean {
		if (event === "session") this.#track(subject as Http2Session);
		if (event === "request") SessionStreams.setResponse(other as Http2ServerResponse);
		if (event !== "stream") return false;
		const stream = subject as ServerHttp2Stream;
		// A stream that its client has reset already is in no session.
		if (stream.session === undefined || stream.session.destroyed) return false;
		const streams = this.#track(stream.session);
		const hasToWait = (streams.served ?? streams).arrived(stream, other as IncomingHttpHeaders);
		return hasToWait || this.#holdsAll;
	}

	admits(event: string | symbol, subject: unknown, headers: unknown): boolean {
		if (event !== "stream") return true;
		const stream = subject as ServerHttp2Stream;
		const session = this.#servedSession(stream);
		return session?.admits(stream, headers as IncomingHttpHeaders) ?? false;
	}

	waits(event: string | symbol, subject: unknown): boolean {
		if (event !== "stream") return false;
		return this.#servedSession(subject as ServerHttp2Stream)?.isHolding ?? false;
	}

	inFlight(): RequestInFlight[] {
		this.#pruner.pruneAll();
		return [...this.#sessions].flatMap((streams) => (streams.served ?? streams).inFlight);
	}

	holdAll(): void {
		this.#holdsAll = true;
	}

	beginDrain(plan: DrainPlan): Promise<void> {
		for (const session of this.#known) if (!session.destroyed) this.#track(session);
		this.#plan = plan;
		const delays = plan.spread.delays(this.#sessions.size).values();
		return forEachYielding(this.#sessions, (streams) => this.#serve(streams).beginDrain(delays.next().value));
	}

	sweep(plan: DrainPlan, polledAt: number): Promise<number> {
		this.#closing.look(polledAt);
		const visit = (session: ServedSession, polledAt: number): void => session.sweep(plan, polledAt, this.#closing);
		return visitDue(this.#served(), visit, polledAt);
	}

	endUnseen(): void {
		this.#endUnseen();
	}

	cut(isHeld: (request: unknown) => boolean, end: (destroy: () => void) => void): void {
		for (const streams of this.#sessions) end(() => this.#serve(streams).cut(isHeld, end));
	}

	#track(session: Http2Session): SessionStreams<ServedSession> {
		const known = this.#sessions.get(session);
		if (known !== undefined) return known;
		const socket: SessionSocket = socketOf(session);
		// Not the end of the session, which comes later and would take three times as much memory.
		if (canShadowDestroy(socket)) socket._destroy = this.#onDestroy;
		else socket.on("close", this.#onClose);
		const streams = new SessionStreams<ServedSession>(session, socket, this.#onAbandoned);
		this.#pruner.pruneSome();
		this.#sessions.set(session, streams);
		if (this.#plan !== undefined) this.#serve(streams).beginDrain();
		return streams;
	}

	#gone(session: Http2Session): void {
		this.#closing.delete(session);
		this.#sessions.remove(session);
	}

	*#served(): Generator<ServedSession> {
		for (const { served } of this.#sessions) if (served !== undefined) yield served;
	}

	/** Returns what closes a session. From then on more of it is noted. */
	#serve(streams: SessionStreams<ServedSession>): ServedSession {
		streams.served ??= new ServedSession(streams);
		return streams.served;
	}

	#servedSession({ session }: ServerHttp2Stream): ServedSession | undefined {
		const streams = session && this.#sessions.get(session);
		return streams && this.#serve(streams);
	}
}
