import type { BodyCheck } from "./body-check.ts";
import type { Http2ResponseHead } from "./http2-response-head.ts";
import type { SentRequest } from "./request-record.ts";

/** A request to send on a stream of its own. */
export interface Http2Request {
	readonly sent: SentRequest;
	/** The whole body, as latin1. Without one, the head ends the request. */
	readonly body?: string | undefined;
	/** True if the method is HEAD: no body follows the response's head. */
	readonly isForHead?: boolean | undefined;
	/** Checks the response's body. */
	readonly check?: BodyCheck | undefined;
}

const NO_LENGTH = -1;

/** One request on its stream, and what has arrived of its response. */
export class Http2Stream {
	readonly id: number;
	readonly request: Http2Request;
	/** What of the body may still not be sent, as the server has no room for it. */
	bodyLeft: string;
	/** True until END_STREAM is sent. */
	isSending: boolean;
	/** How much of a body the server takes. */
	sendWindow: number;
	/** How much has arrived since the server was last told that there is room again. */
	taken = 0;
	/** The status of the final head; 0 until it has arrived. */
	status = 0;
	hasInterim = false;
	/** True once the response has ended, up to END_STREAM. */
	isWhole = false;
	/** The code with which the server reset the stream; undefined if it did not. */
	resetCode: number | undefined;
	/** The code with which the client gives the stream up, because the response is malformed. */
	faultCode: number | undefined;
	#length = NO_LENGTH;
	#bodyBytes = 0;

	constructor(id: number, request: Http2Request, sendWindow: number) {
		this.id = id;
		this.request = request;
		this.bodyLeft = request.body ?? "";
		this.isSending = request.body !== undefined;
		this.sendWindow = sendWindow;
	}

	/** Takes a head, or trailers. Returns false if the response is malformed (RFC 9113 §8.1). */
	takeHead(head: Http2ResponseHead, ends: boolean): boolean {
		if (head.isMalformed) return false;
		if (this.status > 0) return ends && head.status === 0 && this.#end();
		if (head.status < 200) {
			this.hasInterim = true;
			return !ends && head.status >= 100 && head.status !== 101;
		}
		this.status = head.status;
		const hasBody = this.status !== 204 && this.status !== 304 && !this.request.isForHead;
		this.#length = hasBody ? head.contentLength : 0;
		this.request.check?.began?.(head.contentType);
		return !ends || this.#end();
	}

	/** Takes a piece of the body. Returns false if the response is malformed. */
	takeData(bytes: Buffer, from: number, to: number, ends: boolean): boolean {
		if (this.status === 0) return false;
		this.#bodyBytes += to - from;
		if (this.#length !== NO_LENGTH && this.#bodyBytes > this.#length) return false;
		if (to > from) this.request.check?.received(bytes.subarray(from, to));
		return !ends || this.#end();
	}

	#end(): boolean {
		this.isWhole = true;
		return this.#length === NO_LENGTH || this.#bodyBytes === this.#length;
	}
}
