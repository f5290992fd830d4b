import type { IncomingMessage } from "node:http";
import { WebSocket } from "ws";
import { connectionEnd } from "../record/connection-end.ts";
import { outcomeOfStatus } from "../record/outcome.ts";
import type { ConnectionListener } from "./connection-listener.ts";
import { RawDuplex, type RawDuplexEnd } from "./raw-duplex.ts";
import type { OpenRawSocket } from "./raw-socket.ts";
import { type RequestEnd, requestRecord, type SentRequest } from "./request-record.ts";

/** How to ask for one WebSocket. */
export interface WebSocketRequest {
	/** The connection's number in its load. */
	readonly number: number;
	/** Of the record that says what became of the connection. */
	readonly id: string;
	readonly path: string;
	/** All of them but those of the protocol itself. */
	readonly headers: Readonly<Record<string, string>>;
	readonly subprotocols: readonly string[];
}

/**
 * A WebSocket that knows what it sent and judges what became of it. It sends nothing by itself but pongs, the answer to
 * a close frame, and what `ping` asks for. `responseBegan` says that it is open.
 */
export class WebSocketConnection {
	readonly number: number;
	readonly askedAtMs: number = performance.now();
	readonly #id: string;
	readonly #listener: ConnectionListener<WebSocketConnection>;
	readonly #duplex: RawDuplex;
	readonly #webSocket: WebSocket;
	readonly #messages: SentRequest[] = [];
	#sent = 1;
	#openedAtMs: number | undefined;
	#isSettled = false;
	#responseBegan = false;
	#status: number | undefined;
	#closeCode: number | undefined;
	#unparsable: string | undefined;
	#endedHere = false;
	#outOfTime = false;
	/** A ping is to be sent as soon as it is open. */
	#pings = false;
	#hasPong = false;
	#isStillOpen = false;

	/** Connects at once. `listener` is not called before this returns. */
	constructor(open: OpenRawSocket, request: WebSocketRequest, listener: ConnectionListener<WebSocketConnection>) {
		this.number = request.number;
		this.#id = request.id;
		this.#listener = listener;
		this.#duplex = new RawDuplex(open, {
			opened: () => {
				this.#openedAtMs = performance.now();
				listener.opened(this);
			},
			received: () => {
				this.#responseBegan = true;
			},
			// What was received before is still on its way through the library.
			closed: (end) => void setImmediate(() => this.#closed(end)),
		});
		this.#webSocket = this.#connect(request);
	}

	/** How many of the connection itself and its messages have no outcome. */
	get inFlight(): number {
		return this.#messages.length + (this.#openedAtMs === undefined || this.#isSettled ? 0 : 1);
	}

	/** Reports whether a message may be sent. */
	get usable(): boolean {
		return this.#webSocket.readyState === WebSocket.OPEN;
	}

	/** Sends a message, which is answered once one has come back for it and for each one before. */
	send(id: string, message: string | Uint8Array): void {
		this.#messages.push({ id, connection: this.number, nth: this.#sent++, sentAtMs: performance.now() });
		this.#webSocket.send(message);
	}

	/** Ends without a word: nothing is in flight. */
	close(): void {
		this.#endedHere = true;
		this.#duplex.destroy();
	}

	/** Asks the server for a sign of life, once it is open. */
	ping(): void {
		this.#pings = true;
		if (this.usable) this.#webSocket.ping();
	}

	/** Ends now: what is in flight is out of time. An open connection is not, if it may stay open and has answered a ping. */
	giveUp(mayStayOpen = false): void {
		this.#isStillOpen = mayStayOpen && this.usable && this.#hasPong && this.#messages.length === 0;
		this.#outOfTime = true;
		this.close();
	}

	#connect({ path, headers, subprotocols }: WebSocketRequest): WebSocket {
		// Where it connects to is the duplex's matter.
		const webSocket = new WebSocket(`ws://target${path}`, [...subprotocols], {
			headers: { ...headers, "x-request-id": this.#id },
			createConnection: () => this.#duplex,
			perMessageDeflate: false,
		});
		webSocket.on("upgrade", ({ statusCode }) => {
			this.#status = statusCode;
		});
		webSocket.on("open", () => {
			this.#listener.responseBegan(this);
			if (this.#pings) this.ping();
		});
		webSocket.on("pong", () => {
			this.#hasPong = true;
		});
		webSocket.on("message", () => {
			const message = this.#messages.shift();
			if (message) this.#settle(message, { outcome: "answered" });
		});
		webSocket.on("unexpected-response", (_request, response) => this.#answeredOtherwise(response));
		webSocket.on("error", (error: NodeJS.ErrnoException) => {
			// Codes of the network, among them a FIN's, are the duplex's matter, which knows better.
			if (error.code !== undefined && !/^(WS|HPE)_/.test(error.code)) return;
			this.#unparsable ??= error.code ?? error.message;
			this.close();
		});
		webSocket.on("close", (code) => {
			if (code !== 1006) this.#closeCode = code;
		});
		return webSocket;
	}

	#answeredOtherwise(response: IncomingMessage): void {
		const status = response.statusCode ?? 0;
		this.#status = status;
		response.on("error", () => {});
		// Only the end of a whole answer is one.
		response.resume().on("end", () => {
			this.#settleConnection({ outcome: outcomeOfStatus(status), status });
			this.close();
		});
	}

	#closed({ error, finReceived }: RawDuplexEnd): void {
		if (this.#openedAtMs === undefined) {
			this.#listener.refused(this, error ?? (this.#endedHere ? undefined : "ECONNRESET"));
			return;
		}
		const outcome = error === undefined || this.#outOfTime ? "unanswered" : "reset";
		const unanswered: RequestEnd = { outcome, error, detail: this.#outOfTime ? "time-limit" : undefined };
		this.#settleConnection(this.#end(unanswered));
		for (const message of this.#messages.splice(0)) this.#settle(message, unanswered);
		const how = (finReceived || this.#closeCode !== undefined) && !this.#endedHere ? "by-server" : "by-client";
		const { number: connection, askedAtMs } = this;
		const ended = { connection, askedAtMs, openedAtMs: this.#openedAtMs, how, error } as const;
		this.#listener.closed(this, connectionEnd(ended));
	}

	/** What became of the connection itself, where no other answer than 101 was whole. */
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
		const sentAtMs = this.#openedAtMs ?? this.askedAtMs;
		this.#settle({ id: this.#id, connection: this.number, nth: 0, sentAtMs }, end);
	}

	#settle(sent: SentRequest, end: RequestEnd): void {
		this.#listener.settled(this, requestRecord(sent, end));
	}
}
