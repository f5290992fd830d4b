import { type ClientHttp2Session, type ClientHttp2Stream, connect, type OutgoingHttpHeaders } from "node:http2";
import { connectionEnd } from "../record/connection-end.ts";
import { outcomeOfStatus } from "../record/outcome.ts";
import type { BodyCheck } from "./body-check.ts";
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

const refusedStream = 7;

/**
 * An HTTP/2 client connection that knows what it sent and judges what became of it: `node:http2` speaks, and what counts
 * is what passed over the wire. `responseBegan` is not reported.
 */
export class Http2Connection {
	readonly number: number;
	readonly askedAtMs: number = performance.now();
	/** Called when there is room for more streams, or when the server has said that it takes no more. */
	changed: () => void = () => {};
	readonly #listener: ConnectionListener<Http2Connection>;
	readonly #wire: Http2Wire = new Http2Wire(() => this.changed());
	readonly #duplex: RawDuplex;
	readonly #session: ClientHttp2Session;
	readonly #streams = new Set<OpenStream>();
	#sent = 0;
	#openedAtMs: number | undefined;
	#endedHere = false;
	#outOfTime = false;
	#unparsable: string | undefined;

	/** Connects at once. `listener` is not called before this returns. */
	constructor(open: OpenRawSocket, listener: ConnectionListener<Http2Connection>, number: number) {
		this.number = number;
		this.#listener = listener;
		this.#duplex = new RawDuplex(open, {
			opened: () => {
				this.#openedAtMs = performance.now();
				listener.opened(this);
			},
			received: (bytes) => this.#wire.received(bytes),
			sent: (bytes) => this.#wire.sent(bytes),
			// What was received before is still on its way through the session.
			closed: (end) => void setImmediate(() => this.#closed(end)),
		});
		// Where it connects to is the duplex's matter.
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

	get inFlight(): number {
		return this.#streams.size;
	}

	/** Reports whether the server has said that it takes no more streams. */
	get isToldToGo(): boolean {
		return this.#wire.goaway !== undefined;
	}

	/** Reports whether another request may be sent: it is open, and has not as many streams as the server allows. */
	get usable(): boolean {
		if (this.#openedAtMs === undefined || this.#endedHere || this.isToldToGo) return false;
		if (this.#session.closed || this.#session.destroyed) return false;
		return this.#streams.size < (this.#session.remoteSettings.maxConcurrentStreams ?? Number.POSITIVE_INFINITY);
	}

	/**
	 * Sends a request. Throws unless `usable`.
	 * @param more its body, and what looks at the body of its response
	 */
	send(
		id: string,
		headers: OutgoingHttpHeaders,
		more: { body?: Buffer | undefined; check?: BodyCheck | undefined } = {},
	): void {
		const { body, check } = more;
		if (!this.usable) throw new Error("The connection takes no more requests.");
		const sent = { id, connection: this.number, nth: this.#sent++, sentAtMs: performance.now() };
		const stream = this.#session.request({ ...headers, "x-request-id": id }, { endStream: body === undefined });
		const open: OpenStream = { sent, stream, id: stream.id ?? 0, check };
		this.#streams.add(open);
		stream.on("error", () => {});
		stream.on("headers", () => {
			open.interim = true;
		});
		stream.on("response", (answer) => {
			open.status = answer[":status"] ?? 0;
			check?.began?.(answer["content-type"]);
		});
		stream.once("close", () => this.#streamClosed(open));
		stream.on("data", (piece: Buffer) => check?.received(piece));
		if (body !== undefined) stream.end(body);
	}

	/** Takes no more requests, and ends once nothing is in flight. */
	close(): void {
		this.#endedHere = true;
		if (this.#openedAtMs === undefined) this.#duplex.destroy();
		this.#duplex.once("finish", () => this.#duplex.destroy());
		this.#session.close();
	}

	/** Ends now: what is in flight is out of time. */
	giveUp(): void {
		this.#endedHere = true;
		this.#outOfTime = true;
		this.#duplex.destroy();
	}

	#streamClosed(open: OpenStream): void {
		const end = this.#end(open);
		// Without a word about it the whole connection has ended, and how is not known yet.
		if (end) this.#settle(open, end);
	}

	/** What the server itself said about the request. */
	#end({ id, status, stream, check }: OpenStream): RequestEnd | undefined {
		const reset = this.#wire.resetCode(id);
		if (status !== undefined && this.#wire.isWhole(id)) {
			if (reset !== undefined || stream.rstCode === 0) return wholeEnd(status, check);
			return { outcome: "cut", status, error: http2ErrorName(stream.rstCode ?? 0), detail: "unparsable" };
		}
		if (status !== undefined && reset !== undefined) return { outcome: "cut", status, error: http2ErrorName(reset) };
		if (reset === refusedStream) return { outcome: "turned-away", detail: "refused-stream" };
		const { goaway } = this.#wire;
		if (status === undefined && goaway && (id > goaway.lastStream || !this.#wire.isSent(id)))
			return { outcome: "turned-away", detail: "goaway" };
		return reset === undefined ? undefined : { outcome: "reset", error: http2ErrorName(reset) };
	}

	#closed({ error, finReceived }: RawDuplexEnd): void {
		if (this.#openedAtMs === undefined) {
			this.#listener.refused(this, error ?? (this.#endedHere ? undefined : "ECONNRESET"));
			return;
		}
		for (const open of this.#streams) this.#settle(open, this.#end(open) ?? this.#endWithoutWord(open, error));
		const how = finReceived && !this.#endedHere ? "by-server" : "by-client";
		const { number: connection, askedAtMs } = this;
		const ended = { connection, askedAtMs, openedAtMs: this.#openedAtMs, how, error } as const;
		this.#listener.closed(this, connectionEnd(ended));
	}

	#endWithoutWord({ status, interim }: OpenStream, networkError: string | undefined): RequestEnd {
		const { goaway } = this.#wire;
		const told = goaway && goaway.code !== 0 ? http2ErrorName(goaway.code) : undefined;
		const error = networkError ?? told ?? this.#unparsable;
		const detail = this.#outOfTime ? "time-limit" : this.#unparsable === undefined ? undefined : "unparsable";
		if (status !== undefined) return { outcome: "cut", status, error, detail };
		const outcome = error === undefined || detail !== undefined ? "unanswered" : "reset";
		return { outcome, error, detail: detail ?? (interim ? "after-interim" : undefined) };
	}

	#settle(open: OpenStream, end: RequestEnd): void {
		this.#streams.delete(open);
		const wasSent = this.#wire.isSent(open.id) || end.detail === "goaway";
		this.#wire.forget(open.id);
		// What never left this side can't be lost.
		if (wasSent) this.#listener.settled(this, requestRecord(open.sent, end));
	}
}

/** A whole message: answered, unless its body is not what it should be. */
function wholeEnd(status: number, check: BodyCheck | undefined): RequestEnd {
	const detail = status >= 200 && status < 300 ? check?.whole() : undefined;
	return detail === undefined ? { outcome: outcomeOfStatus(status), status } : { outcome: "cut", status, detail };
}
