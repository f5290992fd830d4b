import { type OutcomeDetail, outcomeOfStatus, type RequestRecord } from "../record/outcome.ts";
import type { BodyCheck } from "./body-check.ts";
import { type RequestEnd, requestRecord } from "./request-record.ts";
import { ResponseParser } from "./response-parser.ts";

/** The error of a record whose server has begun with HTTP/2's first frame. */
export const SPEAKS_HTTP2 = "HTTP2";

/** A request to write. */
export interface OutgoingRequest {
	readonly id: string;
	/** The whole head with its blank line, as latin1. */
	readonly head: string;
	/** The whole body, as latin1. */
	readonly body?: string;
	/** The method is HEAD: no body follows the answer's head. */
	readonly isHead?: boolean;
	/** It says `Connection: close`, so that no request may follow it (RFC 9112 §9.6). */
	readonly isLast?: boolean;
	/** How long a 2xx answer's body must be, besides what the answer itself says. */
	readonly expectBytes?: number | undefined;
	/** Looks at the body of a 2xx answer. */
	readonly bodyCheck?: BodyCheck;
	/** Its answer has no end of its own. */
	readonly mayStayOpen?: boolean;
	/** When it should have been sent. */
	readonly dueAtMs?: number;
}

/** What a queue reports, all from within its own calls. */
export interface QueueListener {
	/** The final head of the oldest request's answer arrived. */
	began(): void;
	settled(record: RequestRecord): void;
	/** An answer was whole: nothing more may be sent where `last`, or where nobody had asked for it. */
	answered(last: boolean): void;
}

/** How a connection ended, for those that it left without an answer. */
export interface QueueEnd {
	/** The error's code; missing after a clean end. */
	readonly error: string | undefined;
	readonly detail: OutcomeDetail | undefined;
}

interface Written {
	readonly request: OutgoingRequest;
	readonly nth: number;
	readonly sentAtMs: number;
}

/** The requests on one connection in the order they were written, and the judge of what became of each. */
export class RequestQueue {
	readonly #connection: number;
	readonly #listener: QueueListener;
	readonly #sent: Written[] = [];
	readonly #parser: ResponseParser;
	#pushed = 0;
	#last = false;
	#isStart = true;
	#saidClose = false;
	#interim = false;
	#unaskedStatus: number | undefined;

	constructor(connection: number, listener: QueueListener) {
		this.#connection = connection;
		this.#listener = listener;
		this.#parser = new ResponseParser({
			answersHead: () => this.#sent[0]?.request.isHead === true,
			interim: () => {
				this.#interim = true;
			},
			head: ({ status, header, saysClose, last }) => {
				this.#saidClose ||= saysClose;
				this.#last ||= last;
				if (isSuccess(status)) this.#sent[0]?.request.bodyCheck?.began?.(header("content-type"));
				if (this.#sent.length > 0) listener.began();
				else this.#unaskedStatus = status;
			},
			body: (chunk, offset, length) => {
				const check = this.#sent[0]?.request.bodyCheck;
				if (check && isSuccess(this.#parser.status)) check.received(chunk.subarray(offset, offset + length));
			},
			complete: (status, bodyBytes) => this.#complete(status, bodyBytes),
		});
	}

	/** How many were written and have no outcome. */
	get length(): number {
		return this.#sent.length;
	}

	/** Reports whether what arrived so far allows another request. */
	get open(): boolean {
		if (this.#last || this.#unaskedStatus !== undefined) return false;
		return this.#sent.length > 0 || !this.#parser.begun;
	}

	/** Reports whether only a FIN can complete the answer that is arriving. */
	get endsWithFin(): boolean {
		return this.#parser.endsWithFin;
	}

	/** The status of an answer, whole or not, that nobody had asked for. */
	get unaskedStatus(): number | undefined {
		return this.#unaskedStatus;
	}

	/** Notes a request as written now. */
	push(request: OutgoingRequest, sentAtMs: number): void {
		this.#sent.push({ request, nth: this.#pushed++, sentAtMs });
		this.#last ||= request.isLast === true;
	}

	/** Takes received bytes. Returns false, all being settled then, where they are not HTTP. */
	receive(bytes: Buffer, length: number): boolean {
		const error = this.#isStart && isHttp2Settings(bytes, length) ? SPEAKS_HTTP2 : this.#parse(bytes, length);
		this.#isStart = false;
		if (error === undefined) return true;
		// Whoever hears of the outcomes must not take it for one that goes on.
		this.#last = true;
		this.settleRest({ error, detail: "unparsable" });
		return false;
	}

	/** Takes a clean FIN, which may complete an answer. */
	fin(): void {
		this.#parser.finish();
	}

	/** Settles a request whose answer has no end of its own, if that has begun well and is at a place where it could end. */
	settleOpen(): void {
		const request = this.#sent[0]?.request;
		const { begun, status } = this.#parser;
		if (!request?.mayStayOpen || !begun || !isSuccess(status) || request.bodyCheck?.whole() !== undefined) return;
		this.#settle({ outcome: "answered", status, detail: "still-open" });
	}

	/** Settles all that is left. Only once everything received has been taken: an outcome is final. */
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
			this.#settle({ outcome, error, detail: detail ?? (this.#interim ? "after-interim" : undefined) });
		}
	}

	#parse(bytes: Buffer, length: number): string | undefined {
		const error: NodeJS.ErrnoException | undefined = this.#parser.execute(bytes, length);
		return error?.code ?? error?.message;
	}

	#complete(status: number, bodyBytes: number): void {
		const sent = this.#sent[0];
		if (!sent) {
			this.#listener.answered(true);
			return;
		}
		const detail = isSuccess(status) ? complaint(sent.request, bodyBytes) : undefined;
		this.#settle({ outcome: detail ? "cut" : outcomeOfStatus(status), status, detail });
		this.#listener.answered(this.#last);
	}

	#settle(end: RequestEnd): void {
		const sent = this.#sent.shift();
		if (!sent) return;
		this.#interim = false;
		const { request, nth, sentAtMs } = sent;
		const { id, dueAtMs } = request;
		this.#listener.settled(requestRecord({ id, connection: this.#connection, nth, dueAtMs, sentAtMs }, end));
	}
}

/** A server's side of an HTTP/2 connection begins with a SETTINGS frame on stream 0, whatever it is asked (RFC 9113 §3.4). */
function isHttp2Settings(bytes: Buffer, length: number): boolean {
	return length >= 9 && bytes.readUInt8(3) === 4 && bytes.readUInt8(4) === 0 && bytes.readUInt32BE(5) === 0;
}

function isSuccess(status: number): boolean {
	return status >= 200 && status < 300;
}

/** Why a 2xx answer that is whole by its own framing is not what it should be. */
function complaint({ isHead, expectBytes, bodyCheck }: OutgoingRequest, bodyBytes: number): OutcomeDetail | undefined {
	if (isHead) return undefined;
	return expectBytes !== undefined && bodyBytes !== expectBytes ? "body-size" : bodyCheck?.whole();
}
