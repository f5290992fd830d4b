import type { IncomingMessage } from "node:http";
import { WebSocket } from "ws";
import { outcomeOfStatus } from "../record/outcome.ts";
import { ConnectionLife } from "./connection-life.ts";
import type { ConnectionListener } from "./connection-listener.ts";
import { RawDuplex, type RawDuplexEnd } from "./raw-duplex.ts";
import type { OpenRawSocket } from "./raw-socket.ts";
import { type RequestEnd, requestRecord, type SentRequest } from "./request-record.ts";

/** How to ask for one WebSocket. */
export interface WebSocketRequest {
	/** The connection's number in its load. */
	readonly number: number;
	/** The id of the record of the connection itself. */
	readonly id: string;
	readonly path: string;
	/** All headers but those of the protocol itself. */
	readonly headers: Readonly<Record<string, string>>;
	readonly subprotocols: readonly string[];
}

/**
 * A WebSocket that knows what it sent and decides the outcome of each message. It sends nothing unasked but pongs and the close
 * frame in return. `responseBegan` is called when the upgrade is complete.
 */
export class WebSocketConnection {
	readonly life: ConnectionLife;
	readonly #id: string;
	readonly #listener: ConnectionListener;
	readonly #duplex: RawDuplex;
	readonly #webSocket: WebSocket;
	readonly #messages: SentRequest[] = [];
	#sent = 1;
	#isSettled = false;
	#responseBegan = false;
	#status: number | undefined;
	#closeCode: number | undefined;
	#unparsable: string | undefined;
	/** A ping has to be sent as soon as the upgrade is complete. */
	#pings = false;
	#hasPong = false;
	#isStillOpen = false;

	/** Connects at once. `listener` is not called before this returns. */
	constructor(open: OpenRawSocket, request: WebSocketRequest, listener: ConnectionListener) {
		this.life = new ConnectionLife(request.number, listener);
		this.#id = request.id;
		this.#listener = listener;
		this.#duplex = new RawDuplex(open, {
			opened: () => this.life.open(),
			received: () => {
				this.#responseBegan = true;
			},
			// `ws` still has to process what was received before.
			closed: (end) => void setImmediate(() => this.#closed(end)),
		});
		this.#webSocket = this.#connect(request);
	}

	/** How many of the connection itself and its messages have no outcome yet. */
	get inFlight(): number {
		return this.#messages.length + (this.life.openedAtMs === undefined || this.#isSettled ? 0 : 1);
	}

	/** True if a message may be sent. */
	get usable(): boolean {
		return this.#webSocket.readyState === WebSocket.OPEN;
	}

	/** Sends a message. It is answered once a message has come back for it and for each one before it. */
	send(id: string, message: string | Uint8Array): void {
		this.#messages.push({ id, connection: this.life.number, nth: this.#sent++, sentAtMs: performance.now() });
		this.#webSocket.send(message);
	}

	/** Closes without a close frame: nothing is in flight. */
	close(): void {
		this.life.endByClient();
		this.#duplex.destroy();
	}

	/** Pings the server, once the upgrade is complete. */
	ping(): void {
		this.#pings = true;
		if (this.usable) this.#webSocket.ping();
	}

	/** Closes now: what is in flight is out of time. With `mayStayOpen`, an open connection that has answered a ping is not. */
	giveUp(mayStayOpen = false): void {
		this.#isStillOpen = mayStayOpen && this.usable && this.#hasPong && this.#messages.length === 0;
		this.life.runOutOfTime();
		this.close();
	}

	#connect({ path, headers, subprotocols }: WebSocketRequest): WebSocket {
		// The duplex connects; this URL's host is not used.
		const webSocket = new WebSocket(`ws://target${path}`, [...subprotocols], {
			headers: { ...headers, "x-request-id": this.#id },
			createConnection: () => this.#duplex,
			perMessageDeflate: false,
		});
		webSocket.on("upgrade", ({ statusCode }) => {
			this.#status = statusCode;
		});
		webSocket.on("open", () => {
			this.#listener.responseBegan();
			if (this.#pings) this.ping();
		});
		webSocket.on("pong", () => {
			this.#hasPong = true;
		});
		webSocket.on("message", () => {
			const message = this.#messages.shift();
			if (message) this.#settle(message, { outcome: "answered" });
		});
		webSocket.on("unexpected-response", (_request, response) => this.#respondedOtherwise(response));
		webSocket.on("error", (error: NodeJS.ErrnoException) => {
			// The duplex reports network errors, a FIN among them, more exactly.
			if (error.code !== undefined && !/^(WS|HPE)_/.test(error.code)) return;
			this.#unparsable ??= error.code ?? error.message;
			this.close();
		});
		webSocket.on("close", (code) => {
			if (code !== 1006) this.#closeCode = code;
		});
		return webSocket;
	}

	#respondedOtherwise(response: IncomingMessage): void {
		const status = response.statusCode ?? 0;
		this.#status = status;
		response.on("error", () => {});
		// Only a complete response is an outcome.
		response.resume().on("end", () => {
			this.#settleConnection({ outcome: outcomeOfStatus(status), status });
			this.close();
		});
	}

	#closed({ error, finReceived }: RawDuplexEnd): void {
		if (finReceived || this.#closeCode !== undefined) this.life.endByServer();
		this.life.end({ error }, () => {
			const { isOutOfTime } = this.life;
			const outcome = error === undefined || isOutOfTime ? "unanswered" : "reset";
			const unanswered: RequestEnd = { outcome, error, detail: isOutOfTime ? "time-limit" : undefined };
			this.#settleConnection(this.#end(unanswered));
			for (const message of this.#messages.splice(0)) this.#settle(message, unanswered);
		});
	}

	/** The outcome of the connection itself, if no response but a 101 was complete. */
	#end(unanswered: RequestEnd): RequestEnd {
		const { error, detail } = unanswered;
		const status = this.#status;
		if (this.#closeCode !== undefined) return { outcome: "answered", status: this.#closeCode };
		if (this.#isStillOpen) return { outcome: "answered", status, detail: "still-open" };
		if (this.#unparsable !== undefined)
			return { outcome: "cut", status, error: this.#unparsable, detail: "unparsable" };
		if (!this.#responseBegan) return unanswered;
		return { outcome: "cut", status, error, detail: detail ?? (status === 101 ? "no-close-frame" : undefined) };
	}

	#settleConnection(end: RequestEnd): void {
		if (this.#isSettled) return;
		this.#isSettled = true;
		const { number: connection, askedAtMs, openedAtMs: sentAtMs = askedAtMs } = this.life;
		this.#settle({ id: this.#id, connection, nth: 0, sentAtMs }, end);
	}

	#settle(sent: SentRequest, end: RequestEnd): void {
		this.#listener.settled(requestRecord(sent, end));
	}
}
