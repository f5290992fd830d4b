import { type OutcomeDetail, outcomeOfStatus } from "../record/outcome.ts";
import type { BodyCheck } from "./body-check.ts";
import type { ConnectionListener } from "./connection-listener.ts";
import { type RequestEnd, requestRecord } from "./request-record.ts";
import { ResponseParser } from "./response-parser.ts";

/** The error of a record whose server began with HTTP/2's first frame. */
export const SPEAKS_HTTP2 = "HTTP2";

/** A request to write. */
export interface OutgoingRequest {
	readonly id: string;
	/** The whole head with its blank line, as latin1. */
	readonly head: string;
	/** The whole body, as latin1. */
	readonly body?: string;
	/** True if the method is HEAD: no body follows the response's head. */
	readonly isHead?: boolean;
	/** True if the request says `Connection: close`, so that no request may follow it (RFC 9112 §9.6). */
	readonly isLast?: boolean;
	/** How long the body of a 2xx response must be, besides what the response itself says. */
	readonly expectBytes?: number | undefined;
	/** Checks the body of a 2xx response. */
	readonly bodyCheck?: BodyCheck;
	/** True if the response has no end of its own. */
	readonly mayStayOpen?: boolean;
	/** When the request should have been sent. */
	readonly dueAtMs?: number;
}

/** How a connection ended, for the requests that it left without a response. */
export interface QueueEnd {
	/** The error's code; undefined after a clean end. */
	readonly error: string | undefined;
	readonly detail: OutcomeDetail | undefined;
}

interface Written {
	readonly request: OutgoingRequest;
	readonly nth: number;
	readonly sentAtMs: number;
}

/** The requests on one HTTP/1.1 connection in the order they were written. It decides the outcome of each. */
export class RequestQueue {
	readonly #connection: number;
	readonly #listener: ConnectionListener;
	readonly #onComplete: (isLast: boolean) => void;
	readonly #sent: Written[] = [];
	readonly #parser: ResponseParser;
	#pushed = 0;
	#isLast = false;
	#isStart = true;
	#saidClose = false;
	#hadInterim = false;
	#unaskedStatus: number | undefined;

	/**
	 * @param listener hears of responses that have begun and of outcomes, from within the queue's own calls
	 * @param onComplete called after each complete response; `isLast` if the connection can't be used for another request
	 */
	constructor(connection: number, listener: ConnectionListener, onComplete: (isLast: boolean) => void) {
		this.#connection = connection;
		this.#listener = listener;
		this.#onComplete = onComplete;
		this.#parser = new ResponseParser({
			isForHead: () => this.#sent[0]?.request.isHead === true,
			interim: () => {
				this.#hadInterim = true;
			},
			head: ({ status, header, saysClose, isLast }) => {
				this.#saidClose ||= saysClose;
				this.#isLast ||= isLast;
				if (isSuccess(status)) this.#sent[0]?.request.bodyCheck?.began?.(header("content-type"));
				if (this.#sent.length > 0) listener.responseBegan();
				else this.#unaskedStatus = status;
			},
			body: (chunk, offset, length) => {
				const check = this.#sent[0]?.request.bodyCheck;
				if (check && isSuccess(this.#parser.status)) check.received(chunk.subarray(offset, offset + length));
			},
			complete: (status, bodyBytes) => this.#complete(status, bodyBytes),
		});
	}

	/** How many requests were written and have no outcome yet. */
	get length(): number {
		return this.#sent.length;
	}

	/** True if another request may follow what has arrived so far. */
	get open(): boolean {
		if (this.#isLast || this.#unaskedStatus !== undefined) return false;
		return this.#sent.length > 0 || !this.#parser.begun;
	}

	/** True if only a FIN can complete the response that is arriving. */
	get endsWithFin(): boolean {
		return this.#parser.endsWithFin;
	}

	/** The status of a response, complete or not, that no request had asked for. */
	get unaskedStatus(): number | undefined {
		return this.#unaskedStatus;
	}

	/** Adds a request that is written now. */
	push(request: OutgoingRequest, sentAtMs: number): void {
		this.#sent.push({ request, nth: this.#pushed++, sentAtMs });
		this.#isLast ||= request.isLast === true;
	}

	/** Takes received bytes. Returns false if they are not HTTP: all requests have an outcome then. */
	receive(bytes: Buffer, length: number): boolean {
		const error = this.#isStart && isHttp2Settings(bytes, length) ? SPEAKS_HTTP2 : this.#parse(bytes, length);
		this.#isStart = false;
		if (error === undefined) return true;
		// The listener must not send another request while it gets the outcomes.
		this.#isLast = true;
		this.settleRest({ error, detail: "unparsable" });
		return false;
	}

	/** Takes a clean FIN, which may complete a response. */
	fin(): void {
		this.#parser.finish();
	}

	/** Settles a request whose response has no end of its own, if that began well and could end at this place. */
	settleOpen(): void {
		const request = this.#sent[0]?.request;
		const { begun, status } = this.#parser;
		if (!request?.mayStayOpen || !begun || !isSuccess(status) || request.bodyCheck?.whole() !== undefined) return;
		this.#settle({ outcome: "answered", status, detail: "still-open" });
	}

	/** Settles all requests that are left. Call it only once everything received was taken: an outcome is final. */
	settleRest(end: QueueEnd): void {
		const { error, detail } = end;
		const status = this.#parser.status || undefined;
		if (this.#parser.begun || detail === "unparsable") this.#settle({ outcome: "cut", status, error, detail });
		while (this.#sent.length > 0) {
			if (this.#saidClose) {
				this.#settle({ outcome: "turned-away", error, detail: "behind-close" });
				continue;
			}
			const outcome = error === undefined || detail !== undefined ? "unanswered" : "reset";
			this.#settle({ outcome, error, detail: detail ?? (this.#hadInterim ? "after-interim" : undefined) });
		}
	}

	#parse(bytes: Buffer, length: number): string | undefined {
		const error: NodeJS.ErrnoException | undefined = this.#parser.execute(bytes, length);
		return error?.code ?? error?.message;
	}

	#complete(status: number, bodyBytes: number): void {
		const sent = this.#sent[0];
		if (!sent) {
			this.#onComplete(true);
			return;
		}
		const detail = isSuccess(status) ? findFault(sent.request, bodyBytes) : undefined;
		this.#settle({ outcome: detail ? "cut" : outcomeOfStatus(status), status, detail });
		this.#onComplete(this.#isLast);
	}

	#settle(end: RequestEnd): void {
		const sent = this.#sent.shift();
		if (!sent) return;
		this.#hadInterim = false;
		const { request, nth, sentAtMs } = sent;
		const { id, dueAtMs } = request;
		this.#listener.settled(requestRecord({ id, connection: this.#connection, nth, dueAtMs, sentAtMs }, end));
	}
}

/** A server's side of an HTTP/2 connection begins with a SETTINGS frame on stream 0, unasked (RFC 9113 §3.4). */
function isHttp2Settings(bytes: Buffer, length: number): boolean {
	return length >= 9 && bytes.readUInt8(3) === 4 && bytes.readUInt8(4) === 0 && bytes.readUInt32BE(5) === 0;
}

function isSuccess(status: number): boolean {
	return status >= 200 && status < 300;
}

/** Returns why a 2xx response that is complete by its own framing is not what it should be. */
function findFault({ isHead, expectBytes, bodyCheck }: OutgoingRequest, bodyBytes: number): OutcomeDetail | undefined {
	if (isHead) return undefined;
	return expectBytes !== undefined && bodyBytes !== expectBytes ? "body-size" : bodyCheck?.whole();
}
