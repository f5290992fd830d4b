import type { FieldSink } from "./hpack-decoder.ts";

/** What HTTP/2 has no fields for (RFC 9113 §8.2.2). */
const CONNECTION_SPECIFIC = new Set(["connection", "proxy-connection", "keep-alive", "transfer-encoding", "upgrade"]);
const NO_LENGTH = -1;

/** What the drill needs of the fields of a response, or of its trailers. It serves one block after another. */
export class Http2ResponseHead implements FieldSink {
	/** 0 without one, as in trailers. */
	status = 0;
	contentType: string | undefined;
	/** -1 if the fields do not say it. */
	contentLength: number = NO_LENGTH;
	/** True if no server may send such fields (RFC 9113 §8.1.1). */
	isMalformed = false;
	#isRegular = false;

	/** Begins with the next block. */
	clear(): void {
		this.status = 0;
		this.contentType = undefined;
		this.contentLength = NO_LENGTH;
		this.isMalformed = false;
		this.#isRegular = false;
	}

	wants(name: string): boolean {
		return name === ":status" || name === "content-length" || name === "content-type";
	}

	field(name: string, value: string): void {
		if (name.startsWith(":")) {
			if (name !== ":status" || this.#isRegular || this.status > 0 || !/^[1-9]\d\d$/.test(value))
				this.isMalformed = true;
			this.status = Number(value);
			return;
		}
		this.#isRegular = true;
		if (name === "content-length") this.#length(value);
		else if (name === "content-type") this.contentType ??= value;
		else if (CONNECTION_SPECIFIC.has(name)) this.isMalformed = true;
	}

	#length(value: string): void {
		const length = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
		if (!(this.contentLength === NO_LENGTH || this.contentLength === length) || Number.isNaN(length))
			this.isMalformed = true;
		this.contentLength = length;
	}
}
