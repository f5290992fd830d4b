/** One response as it came over the wire. */
export interface ReceivedResponse {
	readonly status: number;
	readonly message: string;
	/** In order, in their original case. */
	readonly headers: readonly (readonly [name: string, value: string])[];
	readonly body: Buffer;
}

/** A response in one line, for comparisons: `200 "hello" close`. */
export function brief(response: ReceivedResponse | undefined): string {
	if (response === undefined) return "none";
	return `${response.status} "${response.body.toString()}" ${connectionOf(response)}`;
}

/** The Connection header of a response. */
export function connectionOf(response: ReceivedResponse | undefined): string {
	if (response === undefined) return "none";
	return valuesOf(response, "connection").join(", ");
}

export function valuesOf({ headers }: ReceivedResponse, wanted: string): string[] {
	return headers.filter(([name]) => name.toLowerCase() === wanted).map(([, value]) => value);
}

/** Splits what a server wrote into responses: with Content-Length, chunked, ended by FIN, without a body. */
export class ResponseParser {
	/** The complete final responses. */
	readonly responses: ReceivedResponse[] = [];
	/** The statuses of the interim ones, 1xx. */
	readonly interim: number[] = [];
	/** The response whose head has come and whose body has not. */
	open: ReceivedResponse | undefined;
	readonly #isHead: (nth: number) => boolean;
	#bytes: Buffer[] = [];
	#length = 0;
	/** How many bytes must have come before parsing can go on. */
	#wanted = 0;

	/** @param isHead returns true if the nth response is one to a HEAD */
	constructor(isHead: (nth: number) => boolean) {
		this.#isHead = isHead;
	}

	push(bytes: Buffer, isEnd = false): void {
		this.#bytes.push(bytes);
		this.#length += bytes.length;
		if (this.#length < this.#wanted && !isEnd) return;
		let rest: Buffer = Buffer.concat(this.#bytes);
		for (let next = this.#one(rest, isEnd); next > 0; next = this.#one(rest, isEnd)) rest = rest.subarray(next);
		this.#bytes = [rest];
		this.#length = rest.length;
	}

	/** Takes one response. Returns its length, or 0 if it isn't complete. */
	#one(bytes: Buffer, isEnd: boolean): number {
		this.#wanted = 0;
		this.open = undefined;
		const bodyAt = bytes.indexOf("\r\n\r\n") + 4;
		if (bodyAt < 4) return 0;
		const [statusLine = "", ...lines] = bytes.toString("latin1", 0, bodyAt - 4).split("\r\n");
		const [, status, message = ""] = /^HTTP\/1\.1 (\d{3}) ?(.*)$/.exec(statusLine) ?? [];
		if (status === undefined) throw new Error(`not a response: ${statusLine}`);
		const headers = lines.map((line): [string, string] => {
			const colon = line.indexOf(":");
			return [line.slice(0, colon), line.slice(colon + 1).trim()];
		});
		const head = { status: Number(status), message, headers, body: Buffer.alloc(0) };
		if (head.status < 200 && head.status !== 101) {
			this.interim.push(head.status);
			return bodyAt;
		}
		this.open = head;
		const body = this.#body(head, bytes.subarray(bodyAt), isEnd);
		if (body === undefined) return 0;
		this.open = undefined;
		this.responses.push({ ...head, body: body.content });
		return bodyAt + body.length;
	}

	#body(head: ReceivedResponse, bytes: Buffer, isEnd: boolean): { content: Buffer; length: number } | undefined {
		const { status } = head;
		if (status === 101 || status === 204 || status === 304 || this.#isHead(this.responses.length)) {
			return { content: Buffer.alloc(0), length: 0 };
		}
		if (valuesOf(head, "transfer-encoding")[0] === "chunked") return unchunk(bytes);
		const [contentLength] = valuesOf(head, "content-length");
		if (contentLength === undefined) return isEnd ? { content: bytes, length: bytes.length } : undefined;
		const length = Number(contentLength);
		if (bytes.length >= length) return { content: bytes.subarray(0, length), length };
		this.#wanted = length;
		return undefined;
	}
}

function unchunk(bytes: Buffer): { content: Buffer; length: number } | undefined {
	const chunks: Buffer[] = [];
	let at = 0;
	for (;;) {
		const lineEnd = bytes.indexOf("\r\n", at);
		if (lineEnd < 0) return undefined;
		const line = bytes.toString("latin1", at, lineEnd);
		if (!/^[0-9a-f]+$/i.test(line)) throw new Error(`not a chunk: ${line}`);
		const size = Number.parseInt(line, 16);
		at = lineEnd + 2 + size + 2;
		if (bytes.length < at) return undefined;
		if (size === 0) return { content: Buffer.concat(chunks), length: at };
		chunks.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
	}
}
