import { type ClientHttp2Session, type ClientHttp2Stream, connect, type OutgoingHttpHeaders } from "node:http2";
import { outcomeOfStatus } from "../record/outcome.ts";
import type { BodyCheck } from "./body-check.ts";
import { ConnectionLife } from "./connection-life.ts";
import type { ConnectionListener } from "./connection-listener.ts";
import { http2ErrorName } from "./http2-error-name.ts";
import { Http2Wire } from "./http2-wire.ts";
import { RawDuplex, type RawDuplexEnd } from "./raw-duplex.ts";
import type { OpenRawSocket } from "./raw-socket.ts";
import { type RequestEnd, requestRecord, type SentRequest } from "./request-record.ts";

/** A request on a stream of its own. */
interface OpenStream {
	readonly sent: SentRequest;
	readonly stream: ClientHttp2Stream;
	readonly id: number;
	readonly check: BodyCheck | undefined;
	status?: number;
	interim?: boolean;
}

const REFUSED_STREAM = 7;

/**
 * An HTTP/2 client connection that knows what it sent and decides the outcome of each request. `node:http2` speaks the
 * protocol; outcomes come from the frames on the wire. It does not report `responseBegan`.
 */
export class Http2Connection {
	readonly life: ConnectionLife;
	/** Called when the server allows more streams, or has sent GOAWAY. */
	changed: () => void = () => {};
	readonly #listener: ConnectionListener;
	readonly #wire: Http2Wire = new Http2Wire(() => this.changed());
	readonly #duplex: RawDuplex;
	readonly #session: ClientHttp2Session;
	readonly #streams = new Set<OpenStream>();
	#sent = 0;
	#unparsable: string | undefined;

	/** Connects at once. `listener` is not called before this returns. */
	constructor(open: OpenRawSocket, listener: ConnectionListener, number: number) {
		this.life = new ConnectionLife(number, listener);
		this.#listener = listener;
		this.#duplex = new RawDuplex(open, {
			opened: () => this.life.open(),
			received: (bytes) => this.#wire.received(bytes),
			sent: (bytes) => this.#wire.sent(bytes),
			// The session still has to process what was received before.
			closed: (end) => void setImmediate(() => this.#closed(end)),
		});
		// The duplex connects; this URL is not used.
		this.#session = connect("http://target", {
			createConnection: () => this.#duplex,
			settings: { enablePush: false },
		});
		this.#session.on("remoteSettings", () => this.changed());
		this.#session.on("error", (error: NodeJS.ErrnoException) => {
			if (error.code === "ERR_HTTP2_ERROR") this.#unparsable ??= error.message;
		});
		this.#session.on("close", () => this.#duplex.destroy());
	}

	/** How many requests were sent and have no outcome yet. */
	get inFlight(): number {
		return this.#streams.size;
	}

	/** True if the server has sent GOAWAY: it takes no more streams. */
	get hasGoaway(): boolean {
		return this.#wire.goaway !== undefined;
	}

	/** True if another request may be sent: the connection is open, and the server allows another stream. */
	get usable(): boolean {
		if (this.life.openedAtMs === undefined || this.life.isEnding || this.hasGoaway) return false;
		if (this.#session.closed || this.#session.destroyed) return false;
		return this.#streams.size < (this.#session.remoteSettings.maxConcurrentStreams ?? Number.POSITIVE_INFINITY);
	}

	/**
	 * Sends a request. Throws unless `usable`.
	 * @param more the request's body, and what checks the response's body
	 */
	send(
		id: string,
		headers: OutgoingHttpHeaders,
		more: { body?: Buffer | undefined; check?: BodyCheck | undefined } = {},
	): void {
		const { body, check } = more;
		if (!this.usable) throw new Error("The connection takes no more requests.");
		const sent = { id, connection: this.life.number, nth: this.#sent++, sentAtMs: performance.now() };
		const stream = this.#session.request({ ...headers, "x-request-id": id }, { endStream: body === undefined });
		const open: OpenStream = { sent, stream, id: stream.id ?? 0, check };
		this.#streams.add(open);
		stream.on("error", () => {});
		stream.on("headers", () => {
			open.interim = true;
		});
		stream.on("response", (head) => {
			open.status = head[":status"] ?? 0;
			check?.began?.(head["content-type"]);
		});
		stream.once("close", () => this.#streamClosed(open));
		stream.on("data", (piece: Buffer) => check?.received(piece));
		if (body !== undefined) stream.end(body);
	}

	/** Takes no more requests, and closes once nothing is in flight. */
	close(): void {
		this.life.endByClient();
		if (this.life.openedAtMs === undefined) this.#duplex.destroy();
		this.#duplex.once("finish", () => this.#duplex.destroy());
		this.#session.close();
	}

	/** Closes now: what is in flight is out of time. */
	giveUp(): void {
		this.life.runOutOfTime();
		this.#duplex.destroy();
	}

	#streamClosed(open: OpenStream): void {
		const end = this.#end(open);
		// Otherwise the whole connection has ended, and `#closed` will know how.
		if (end) this.#settle(open, end);
	}

	/** What the server itself said about the request; undefined if nothing. */
	#end({ id, status, stream, check }: OpenStream): RequestEnd | undefined {
		const reset = this.#wire.resetCode(id);
		if (status !== undefined && this.#wire.isWhole(id)) {
			if (reset !== undefined || stream.rstCode === 0) return completeEnd(status, check);
			return { outcome: "cut", status, error: http2ErrorName(stream.rstCode ?? 0), detail: "unparsable" };
		}
		if (status !== undefined && reset !== undefined) return { outcome: "cut", status, error: http2ErrorName(reset) };
		if (reset === REFUSED_STREAM) return { outcome: "turned-away", detail: "refused-stream" };
		const { goaway } = this.#wire;
		if (status === undefined && goaway && (id > goaway.lastStream || !this.#wire.isSent(id)))
			return { outcome: "turned-away", detail: "goaway" };
		return reset === undefined ? undefined : { outcome: "reset", error: http2ErrorName(reset) };
	}

	#closed({ error, finReceived }: RawDuplexEnd): void {
		if (finReceived) this.life.endByServer();
		this.life.end({ error }, () => {
			for (const open of this.#streams) this.#settle(open, this.#end(open) ?? this.#endOfConnection(open, error));
		});
	}

	/** What the end of the connection means for a request that the server said nothing about. */
	#endOfConnection({ status, interim }: OpenStream, networkError: string | undefined): RequestEnd {
		const { goaway } = this.#wire;
		const goawayError = goaway && goaway.code !== 0 ? http2ErrorName(goaway.code) : undefined;
		const error = networkError ?? goawayError ?? this.#unparsable;
		const detail = this.life.isOutOfTime ? "time-limit" : this.#unparsable === undefined ? undefined : "unparsable";
		if (status !== undefined) return { outcome: "cut", status, error, detail };
		const outcome = error === undefined || detail !== undefined ? "unanswered" : "reset";
		return { outcome, error, detail: detail ?? (interim ? "after-interim" : undefined) };
	}

	#settle(open: OpenStream, end: RequestEnd): void {
		this.#streams.delete(open);
		const wasSent = this.#wire.isSent(open.id) || end.detail === "goaway";
		this.#wire.forget(open.id);
		// A request that was never sent can't be lost.
		if (wasSent) this.#listener.settled(requestRecord(open.sent, end));
	}
}

/** Returns the outcome of a complete response: `cut` if its body is not what it should be. */
function completeEnd(status: number, check: BodyCheck | undefined): RequestEnd {
	const detail = status >= 200 && status < 300 ? check?.whole() : undefined;
	return detail === undefined ? { outcome: outcomeOfStatus(status), status } : { outcome: "cut", status, detail };
}
