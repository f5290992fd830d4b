import { Http2Downloads } from "./http2-downloads.ts";
import { HTTP2_ERROR } from "./http2-errors.ts";
import { frameFault } from "./http2-frame-fault.ts";
import { type Http2Frame, Http2FrameReader } from "./http2-frame-reader.ts";
import { FLAG, FRAME, frame, headFrames, OPENING, words } from "./http2-frames.ts";
import { Http2HeadReader } from "./http2-head-reader.ts";
import { unpadded } from "./http2-padding.ts";
import { Http2Settings } from "./http2-settings.ts";
import type { Http2Request, Http2Stream } from "./http2-stream.ts";
import { Http2Streams } from "./http2-streams.ts";
import { Http2Uploads } from "./http2-uploads.ts";

/** The last GOAWAY that the server sent. */
export interface Goaway {
	/** The server did not process streams above this one. */
	readonly lastStream: number;
	readonly code: number;
}

/** What a session reports, from within `read`. */
export interface Http2SessionListener {
	/** The server has said what it allows, or has sent its first GOAWAY. */
	changed(): void;
	/** The response is whole, or the server, a GOAWAY or the client itself has given the stream up. It is forgotten. */
	ended(stream: Http2Stream): void;
}

const WITHOUT_RESERVED_BIT = 0x7fffffff;

/** Speaks HTTP/2 as a client (RFC 9113), from bytes to bytes. */
export class Http2Session {
	readonly #listener: Http2SessionListener;
	readonly #settings = new Http2Settings();
	readonly #streams: Http2Streams;
	readonly #reader = new Http2FrameReader((frame) => this.#take(frame));
	readonly #heads = new Http2HeadReader((stream, ends) => this.#head(stream, ends));
	readonly #uploads = new Http2Uploads(this.#settings, (text) => this.#write(text));
	readonly #downloads = new Http2Downloads((text) => this.#write(text));
	#output = OPENING;
	#firstUnsentId = 1;
	#hasSettings = false;
	#goaway: Goaway | undefined;
	#failure: number | undefined;

	constructor(listener: Http2SessionListener) {
		this.#listener = listener;
		this.#streams = new Http2Streams({
			write: (text) => this.#write(text),
			ended: (stream) => {
				this.#uploads.forget(stream);
				listener.ended(stream);
			},
		});
	}

	/** The requests without an end, by the ids of their streams. */
	get streams(): ReadonlyMap<number, Http2Stream> {
		return this.#streams.open;
	}

	get goaway(): Goaway | undefined {
		return this.#goaway;
	}

	/** The code with which the client ended the session, because what it read is no HTTP/2. */
	get failure(): number | undefined {
		return this.#failure;
	}

	/** True if the server allows another stream. */
	get hasRoom(): boolean {
		if (this.#goaway !== undefined || this.#failure !== undefined || this.#streams.areUsedUp) return false;
		return this.streams.size < this.#settings.maxConcurrentStreams;
	}

	/** Returns true if the request's head was among what `takeOutput` has returned. */
	isSent({ id }: Http2Stream): boolean {
		return id < this.#firstUnsentId;
	}

	/** Returns what has to be written, as latin1. */
	takeOutput(): string {
		const output = this.#output;
		this.#output = "";
		this.#firstUnsentId = this.#streams.nextId;
		return output;
	}

	/** Sends a request on a new stream. `block` has its encoded fields. */
	request(request: Http2Request, block: string): void {
		const stream = this.#streams.add(request, this.#settings.initialWindowSize);
		const flags = stream.isSending ? 0 : FLAG.endStream;
		this.#write(headFrames(stream.id, block, flags, this.#settings.maxFrameSize));
		if (stream.isSending) this.#uploads.begin(stream);
	}

	/** Says that the client has ended. */
	sayGoaway(code: number = HTTP2_ERROR.none): void {
		this.#write(frame(FRAME.goaway, 0, 0, words(0, code)));
	}

	/** Takes received bytes. Nothing is read after a `failure`. */
	read(bytes: Buffer, length: number): void {
		if (this.#failure === undefined && !this.#reader.read(bytes, length)) this.#fail(HTTP2_ERROR.frameSize);
	}

	#write(text: string): void {
		this.#output += text;
	}

	#fail(code: number): void {
		this.#failure = code;
		this.sayGoaway(code);
	}

	#take(frame: Http2Frame): boolean {
		const code = this.#handle(frame);
		if (code !== HTTP2_ERROR.none) this.#fail(code);
		return this.#failure === undefined;
	}

	/** Returns an error code, `HTTP2_ERROR.none` if there is no error. */
	#handle(frame: Http2Frame): number {
		const { type } = frame;
		const isExpected = this.#hasSettings
			? !this.#heads.hasBegun || type === FRAME.continuation
			: type === FRAME.settings;
		const fault = isExpected ? frameFault(frame, this.#streams.nextId) : HTTP2_ERROR.protocol;
		if (fault !== HTTP2_ERROR.none) return fault;
		if (type === FRAME.data) return this.#data(frame);
		if (type === FRAME.headers) return this.#heads.begin(frame);
		if (type === FRAME.continuation) return this.#heads.goOn(frame);
		if (type === FRAME.windowUpdate) return this.#windowUpdate(frame);
		if (type === FRAME.settings) return this.#takeSettings(frame);
		if (type === FRAME.rstStream) this.#reset(frame);
		else if (type === FRAME.goaway) this.#takeGoaway(frame);
		else if (type === FRAME.ping) this.#pong(frame);
		return HTTP2_ERROR.none;
	}

	#data(frame: Http2Frame): number {
		const payload = unpadded(frame);
		if (payload === undefined) return HTTP2_ERROR.protocol;
		const stream = this.#streams.awaiting(frame.stream);
		const ends = (frame.flags & FLAG.endStream) !== 0;
		this.#downloads.take(ends ? undefined : stream, frame.to - frame.from);
		if (stream === undefined) return HTTP2_ERROR.none;
		if (!stream.takeData(frame.bytes, payload.from, payload.to, ends)) this.#streams.giveUp(stream);
		else if (ends) this.#streams.responded(stream);
		return HTTP2_ERROR.none;
	}

	#head(id: number, ends: boolean): void {
		const stream = this.#streams.awaiting(id);
		if (stream === undefined) return;
		if (!stream.takeHead(this.#heads.head, ends)) this.#streams.giveUp(stream);
		else if (ends) this.#streams.responded(stream);
	}

	#windowUpdate({ stream: id, bytes, from }: Http2Frame): number {
		const size = bytes.readUInt32BE(from) & WITHOUT_RESERVED_BIT;
		if (size === 0) return HTTP2_ERROR.protocol;
		const stream = this.streams.get(id);
		if (id !== 0 && stream === undefined) return HTTP2_ERROR.none;
		if (!this.#uploads.grow(stream, size)) return HTTP2_ERROR.flowControl;
		this.#streams.sentMore();
		return HTTP2_ERROR.none;
	}

	#takeSettings({ flags, bytes, from, to }: Http2Frame): number {
		this.#hasSettings = true;
		if ((flags & FLAG.ack) !== 0) return HTTP2_ERROR.none;
		const { initialWindowSize: before } = this.#settings;
		if (!this.#settings.take(bytes, from, to)) return HTTP2_ERROR.protocol;
		this.#write(frame(FRAME.settings, FLAG.ack, 0, ""));
		this.#uploads.resize(this.streams.values(), this.#settings.initialWindowSize - before);
		this.#streams.sentMore();
		this.#listener.changed();
		return HTTP2_ERROR.none;
	}

	#pong({ flags, bytes, from, to }: Http2Frame): void {
		if ((flags & FLAG.ack) === 0) this.#write(frame(FRAME.ping, FLAG.ack, 0, bytes.toString("latin1", from, to)));
	}

	#reset({ stream: id, bytes, from }: Http2Frame): void {
		const stream = this.streams.get(id);
		if (stream === undefined) return;
		stream.resetCode = bytes.readUInt32BE(from);
		this.#streams.end(stream);
	}

	#takeGoaway({ bytes, from }: Http2Frame): void {
		const isFirst = this.#goaway === undefined;
		const lastStream = bytes.readUInt32BE(from) & WITHOUT_RESERVED_BIT;
		this.#goaway = { lastStream, code: bytes.readUInt32BE(from + 4) };
		if (isFirst) this.#listener.changed();
		this.#streams.endAbove(lastStream);
	}
}
