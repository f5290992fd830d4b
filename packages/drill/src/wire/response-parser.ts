import { HTTPParser } from "http-parser-js";

// The parser counts a whole read as header bytes when the read happens to end inside the next head: with reads larger
// than its 80 KiB limit a good answer would fail. Only the library-wide value survives from one message to the next.
HTTPParser.maxHeaderSize = Number.MAX_SAFE_INTEGER;

/** What an answer parser reports. All calls come from within `execute` and `finish`. */
export interface ResponseListener {
	/** Reports whether the request being answered was a HEAD. */
	answersHead(): boolean;
	/** A 1xx other than 101. */
	interim(): void;
	/** A final head. */
	head(head: ResponseHead): void;
	/** A piece of the body, only valid during the call. */
	body(chunk: Buffer, offset: number, length: number): void;
	/** The answer is whole by its own framing. */
	complete(status: number, bodyBytes: number): void;
}

/** What a final head says. */
export interface ResponseHead {
	readonly status: number;
	/** The first value of a header, by its name in lower case. */
	readonly header: (name: string) => string | undefined;
	/** It told the client that the connection ends. */
	readonly saysClose: boolean;
	/** Nothing can follow it. */
	readonly last: boolean;
}

/** What a head says that the rest of the answer depends on. */
type Head = Parameters<InstanceType<typeof HTTPParser>["onHeadersComplete"]>[0];

/** The parser's own state, which its typings leave out. */
interface ParserState {
	readonly state: string;
	readonly line: string;
}

/**
 * Parses the answers on one connection, one after the other: Content-Length (a body that is too short is never
 * complete), chunked, ended by FIN, HEAD, 204, 304 and 1xx.
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
			// The parser calls this before it leaves the message, and the listener may ask whether an answer has begun.
			this.#completing = true;
			this.#listener.complete(status, this.#bodyBytes);
			this.#completing = false;
		};
	}

	/** Reports whether a byte of an answer that is not complete has arrived. */
	get begun(): boolean {
		if (this.#completing) return false;
		const { state, line } = this.#state;
		return state !== "RESPONSE_LINE" || line !== "";
	}

	/** Reports whether only a FIN can complete the answer that has begun. */
	get endsWithFin(): boolean {
		return this.#state.state === "BODY_RAW";
	}

	/** The status of the answer that has begun, or 0 while its head is not complete. */
	get status(): number {
		return this.#status;
	}

	/** Parses received bytes. Returns the reason where they are not HTTP; the parser is unusable then. */
	execute(bytes: Buffer, length: number): Error | undefined {
		const result = this.#parser.execute(bytes, 0, length);
		return result instanceof Error ? result : undefined;
	}

	/** Tells the parser of a FIN, which completes an answer without a length of its own. */
	finish(): void {
		if (!this.endsWithFin) return;
		this.#parser.finish();
		// It stays inside the message that it has just completed.
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
		// The parser itself would wait for the body that a 304's Content-Length speaks of.
		const bodiless = status === 101 || status === 204 || status === 304 || this.#listener.answersHead();
		const saysClose = !head.shouldKeepAlive && tellsClose(head);
		const endedByFin = !head.shouldKeepAlive && !saysClose && !bodiless;
		const last = saysClose || endedByFin || status === 101;
		this.#listener.head({ status, header: (name) => valuesOf(head, name)[0], saysClose, last });
		return bodiless ? 1 : 0;
	}
}

function tellsClose(head: Head): boolean {
	const options = valuesOf(head, "connection").flatMap((value) => value.toLowerCase().split(/[\s,]+/));
	if (options.includes("close")) return true;
	return head.versionMajor === 1 && head.versionMinor === 0 && !options.includes("keep-alive");
}

/** The values of a header, by its name in lower case. */
function valuesOf({ headers }: Head, name: string): string[] {
	return headers.filter((_, index) => index % 2 === 1 && headers[index - 1]?.toLowerCase() === name);
}
