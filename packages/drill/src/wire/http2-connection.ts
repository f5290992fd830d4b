import type { Socket } from "node:net";
import { outcomeOfStatus } from "../record/outcome.ts";
import { ConnectionLife } from "./connection-life.ts";
import type { ConnectionListener } from "./connection-listener.ts";
import { HTTP2_ERROR, http2ErrorName } from "./http2-errors.ts";
import { Http2Session } from "./http2-session.ts";
import type { Http2Request, Http2Stream } from "./http2-stream.ts";
import type { OpenRawSocket, RawSocketListener } from "./raw-socket.ts";
import { type RequestEnd, requestRecord } from "./request-record.ts";

const CONNECT_TIMEOUT_MS = 10_000;

/**
 * An HTTP/2 client connection that knows what it sent and decides the outcome of each request. It never retries. It does not
 * report `responseBegan`.
 */
export class Http2Connection {
	readonly life: ConnectionLife;
	/** Called when the server allows more streams, or has sent GOAWAY. */
	changed: () => void = () => {};
	readonly #listener: ConnectionListener;
	readonly #session: Http2Session;
	readonly #socket: Socket;
	#sent = 0;
	#error: string | undefined;
	/** True while bytes are read: all that they lead to is written at once, after them. */
	#isReading = false;
	#isClosing = false;

	/** Connects at once. `listener` is not called before this returns. */
	constructor(open: OpenRawSocket, listener: ConnectionListener, number: number) {
		this.life = new ConnectionLife(number, listener);
		this.#listener = listener;
		this.#session = new Http2Session({
			changed: () => this.changed(),
			ended: (stream) => this.#settle(stream, undefined),
		});
		this.#socket = open(this.#socketListener(), { connectTimeoutMs: CONNECT_TIMEOUT_MS });
	}

	/** How many requests were sent and have no outcome yet. */
	get inFlight(): number {
		return this.#session.streams.size;
	}

	/** True if the server has sent GOAWAY: it takes no more streams. */
	get hasGoaway(): boolean {
		return this.#session.goaway !== undefined;
	}

	/** True if another request may be sent: the connection is open, and the server allows another stream. */
	get usable(): boolean {
		const { openedAtMs, isEnding } = this.life;
		return openedAtMs !== undefined && !isEnding && this.#error === undefined && this.#session.hasRoom;
	}

	/**
	 * Sends a request with these encoded fields. Throws unless `usable`.
	 * @param more the request's body, and what checks the response's body
	 */
	send(id: string, block: string, more: Omit<Http2Request, "sent"> = {}): void {
		if (!this.usable) throw new Error("The connection takes no more requests.");
		const sent = { id, connection: this.life.number, nth: this.#sent++, sentAtMs: performance.now() };
		this.#session.request({ ...more, sent }, block);
		if (!this.#isReading) this.#flush();
	}

	/** Takes no more requests, and closes once nothing is in flight. */
	close(): void {
		this.life.endByClient();
		this.#isClosing = true;
		if (this.life.openedAtMs === undefined) this.#socket.destroy();
		else if (!this.#isReading) this.#closeIfDone();
	}

	/** Closes now: what is in flight is out of time. */
	giveUp(): void {
		this.life.runOutOfTime();
		this.#socket.destroy();
	}

	#socketListener(): RawSocketListener {
		return {
			opened: () => this.#batch(() => this.life.open()),
			received: (bytes, length) => {
				this.#batch(() => this.#session.read(bytes, length));
				return !this.#socket.destroyed;
			},
			writeFailed: (code) => {
				this.#error ??= code;
			},
			ended: (isReset) => this.#ended(isReset),
			closed: (error) => this.#closed(error),
		};
	}

	/** Reads, and then writes what that led to, or closes. */
	#batch(read: () => void): void {
		this.#isReading = true;
		read();
		this.#isReading = false;
		if (this.#socket.destroyed) return;
		const isStuck = this.#socket.writableLength > 0;
		this.#flush();
		const { goaway, failure } = this.#session;
		if (failure !== undefined || (goaway && goaway.code !== HTTP2_ERROR.none)) this.#hangUp(isStuck);
		else this.#closeIfDone();
	}

	#flush(): void {
		const output = this.#session.takeOutput();
		if (output !== "") this.#socket.write(output, "latin1");
	}

	#closeIfDone(): void {
		if ((!this.#isClosing && !this.hasGoaway) || this.inFlight > 0 || this.#socket.writableEnded) return;
		const isStuck = this.#socket.writableLength > 0;
		this.#session.sayGoaway();
		this.#flush();
		this.#hangUp(isStuck);
	}

	/** @param isStuck true if the server does not take what was written: no response depends on that any more */
	#hangUp(isStuck: boolean): void {
		this.life.endByClient();
		if (isStuck) this.#socket.destroy();
		else this.#socket.destroySoon();
	}

	#ended(isReset: () => boolean): void {
		if (!this.#socket.writableEnded) {
			if (isReset()) this.#error ??= "ECONNRESET";
			// A failed write took the error from the kernel, which then reports the reset as a FIN, too.
			if (this.#error === undefined) this.life.endByServer();
		}
		this.#socket.destroy();
	}

	#closed(socketError: string | undefined): void {
		const error = this.#error ?? socketError;
		this.life.end({ error }, () => {
			for (const stream of this.#session.streams.values()) this.#settle(stream, error);
		});
	}

	#settle(stream: Http2Stream, networkError: string | undefined): void {
		const end = this.#endByServer(stream) ?? this.#endOfConnection(stream, networkError);
		// A request that was never sent can't be lost.
		if (this.#session.isSent(stream) || end.detail === "goaway")
			this.#listener.settled(requestRecord(stream.request.sent, end));
	}

	/** What the server itself said about the request; undefined if nothing. */
	#endByServer(stream: Http2Stream): RequestEnd | undefined {
		const { id, isWhole, resetCode, faultCode } = stream;
		const status = stream.status || undefined;
		if (faultCode !== undefined) {
			const outcome = status === undefined ? "unanswered" : "cut";
			return { outcome, status, error: http2ErrorName(faultCode), detail: "unparsable" };
		}
		if (isWhole) return completeEnd(stream);
		const error = resetCode === undefined ? undefined : http2ErrorName(resetCode);
		if (status !== undefined) return error === undefined ? undefined : { outcome: "cut", status, error };
		if (resetCode === HTTP2_ERROR.refusedStream) return { outcome: "turned-away", detail: "refused-stream" };
		const { goaway } = this.#session;
		if (goaway && (id > goaway.lastStream || !this.#session.isSent(stream)))
			return { outcome: "turned-away", detail: "goaway" };
		return error === undefined ? undefined : { outcome: "reset", error };
	}

	/** What the end of the connection means for a request that the server said nothing about. */
	#endOfConnection({ status, hasInterim }: Http2Stream, networkError: string | undefined): RequestEnd {
		const { goaway, failure } = this.#session;
		const unparsable = failure === undefined ? undefined : http2ErrorName(failure);
		const goawayError = goaway && goaway.code !== HTTP2_ERROR.none ? http2ErrorName(goaway.code) : undefined;
		const error = networkError ?? goawayError ?? unparsable;
		const detail = this.life.isOutOfTime ? "time-limit" : unparsable === undefined ? undefined : "unparsable";
		if (status > 0) return { outcome: "cut", status, error, detail };
		const outcome = error === undefined || detail !== undefined ? "unanswered" : "reset";
		return { outcome, error, detail: detail ?? (hasInterim ? "after-interim" : undefined) };
	}
}

/** Returns the outcome of a complete response: `cut` if its body is not what it should be. */
function completeEnd({ status, request: { check } }: Http2Stream): RequestEnd {
	const detail = status >= 200 && status < 300 ? check?.whole() : undefined;
	return detail === undefined ? { outcome: outcomeOfStatus(status), status } : { outcome: "cut", status, detail };
}
