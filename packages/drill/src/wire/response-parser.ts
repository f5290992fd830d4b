import { HTTPParser } from "http-parser-js";

// The parser counts a whole read as header bytes if the read ends within the next head: with reads larger than its 80 KiB
// limit a good response would fail. Only the library-wide value survives from one message to the next.
HTTPParser.maxHeaderSize = Number.MAX_SAFE_INTEGER;

/** What a response parser reports. All calls come from within `execute` and `finish`. */
export interface ResponseListener {
	/** Returns true if the response is that to a HEAD request. */
	isForHead(): boolean;
	/** A 1xx other than 101. */
	interim(): void;
	/** A final head. */
	head(head: ResponseHead): void;
	/** A piece of the body. It is only valid during the call. */
	body(chunk: Buffer, offset: number, length: number): void;
	/** The response is complete, as its own framing says. */
	complete(status: number, bodyBytes: number): void;
}

/** What a final head says. */
export interface ResponseHead {
	readonly status: number;
	/** Returns the first value of a header. `name` is in lower case. */
	readonly header: (name: string) => string | undefined;
	/** True if it says that the connection ends. */
	readonly saysClose: boolean;
	/** True if no other response can follow. */
	readonly isLast: boolean;
}

/** What a head says that the rest of the response depends on. */
type Head = Parameters<InstanceType<typeof HTTPParser>["onHeadersComplete"]>[0];

/** The parser's own state, which its typings leave out. */
interface ParserState {
	readonly state: string;
	readonly line: string;
}

/**
 * Parses the responses on one connection, one after another: with Content-Length (a body that is too short is never complete),
 * chunked, ended by FIN, to HEAD, 204, 304 and 1xx.
 */
export class ResponseParser {
	readonly #parser = new HTTPParser(HTTPParser.RESPONSE);
	readonly #listener: ResponseListener;
	#status = 0;
	#bodyBytes = 0;
	#completing = false;

	constructor(listener: ResponseListener) {
		this.#listener = listener;
		this.#parser[HTTPParser.kOnHeadersComplete] = (head: Head) => this.#head(head);
		this.#parser[HTTPParser.kOnBody] = (chunk, offset, length) => {
			this.#bodyBytes += length;
			listener.body(chunk, offset, length);
		};
		this.#parser[HTTPParser.kOnMessageComplete] = () => {
			const status = this.#status;
			this.#status = 0;
			if (status === 0) return;
			// The parser calls this before it leaves the message, and the listener may ask for `begun`.
			this.#completing = true;
			this.#listener.complete(status, this.#bodyBytes);
			this.#completing = false;
		};
	}

	/** True if a byte of a response has arrived that is not complete. */
	get begun(): boolean {
		if (this.#completing) return false;
		const { state, line } = this.#state;
		return state !== "RESPONSE_LINE" || line !== "";
	}

	/** True if only a FIN can complete the response that has begun. */
	get endsWithFin(): boolean {
		return this.#state.state === "BODY_RAW";
	}

	/** The status of the response that has begun, or 0 until its head is complete. */
	get status(): number {
		return this.#status;
	}

	/** Parses received bytes. Returns the error if they are not HTTP; the parser is unusable then. */
	execute(bytes: Buffer, length: number): Error | undefined {
		const result = this.#parser.execute(bytes, 0, length);
		return result instanceof Error ? result : undefined;
	}

	/** Takes a FIN, which completes a response without a length of its own. */
	finish(): void {
		if (!this.endsWithFin) return;
		this.#parser.finish();
		// The parser stays within the message that it has just completed.
		this.#parser.reinitialize(HTTPParser.RESPONSE);
	}

	get #state(): ParserState {
		return this.#parser as unknown as ParserState;
	}

	#head(head: Head): number {
		const status = head.statusCode;
		if (status < 200 && status !== 101) {
			this.#listener.interim();
			return 1;
		}
		this.#status = status;
		this.#bodyBytes = 0;
		// The parser itself would wait for the body that a 304's Content-Length describes.
		const isBodiless = status === 101 || status === 204 || status === 304 || this.#listener.isForHead();
		const saysClose = !head.shouldKeepAlive && closesConnection(head);
		const endsWithFin = !head.shouldKeepAlive && !saysClose && !isBodiless;
		const isLast = saysClose || endsWithFin || status === 101;
		this.#listener.head({ status, header: (name) => headerValues(head, name)[0], saysClose, isLast });
		return isBodiless ? 1 : 0;
	}
}

function closesConnection(head: Head): boolean {
	const options = headerValues(head, "connection").flatMap((value) => value.toLowerCase().split(/[\s,]+/));
	if (options.includes("close")) return true;
	return head.versionMajor === 1 && head.versionMinor === 0 && !options.includes("keep-alive");
}

/** Returns the values of a header. `name` is in lower case. */
function headerValues({ headers }: Head, name: string): string[] {
	return headers.filter((_, index) => index % 2 === 1 && headers[index - 1]?.toLowerCase() === name);
}
