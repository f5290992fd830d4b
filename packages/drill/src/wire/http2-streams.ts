import { HTTP2_ERROR } from "./http2-errors.ts";
import { FRAME, frame, words } from "./http2-frames.ts";
import { type Http2Request, Http2Stream } from "./http2-stream.ts";

/** Hears of streams and writes frames. */
interface StreamsListener {
	write(text: string): void;
	ended(stream: Http2Stream): void;
}

const LAST_ID = 2 ** 31 - 1;

/** The streams of a session that have not ended. */
export class Http2Streams {
	readonly #listener: StreamsListener;
	readonly #open = new Map<number, Http2Stream>();
	#nextId = 1;

	constructor(listener: StreamsListener) {
		this.#listener = listener;
	}

	/** The id of the next stream. */
	get nextId(): number {
		return this.#nextId;
	}

	/** True if no other stream can follow on this connection. */
	get areUsedUp(): boolean {
		return this.#nextId > LAST_ID;
	}

	/** All that have not ended, in the order of their ids. */
	get open(): ReadonlyMap<number, Http2Stream> {
		return this.#open;
	}

	/** Begins a stream. */
	add(request: Http2Request, sendWindow: number): Http2Stream {
		const stream = new Http2Stream(this.#nextId, request, sendWindow);
		this.#nextId += 2;
		this.#open.set(stream.id, stream);
		return stream;
	}

	/** Returns a stream whose response is not whole. */
	awaiting(id: number): Http2Stream | undefined {
		const stream = this.#open.get(id);
		return stream?.isWhole ? undefined : stream;
	}

	/** The response is whole. Until the whole request is sent, the server may still reset the stream. */
	responded(stream: Http2Stream): void {
		if (!stream.isSending) this.end(stream);
	}

	/** More of the requests has been sent. */
	sentMore(): void {
		for (const stream of this.#open.values()) if (stream.isWhole) this.responded(stream);
	}

	/** The server does not process the streams above this one. */
	endAbove(lastStream: number): void {
		for (const stream of this.#open.values()) if (stream.id > lastStream && stream.status === 0) this.end(stream);
	}

	/** Resets a stream whose response is malformed. */
	giveUp(stream: Http2Stream): void {
		stream.faultCode = HTTP2_ERROR.protocol;
		this.#listener.write(frame(FRAME.rstStream, 0, stream.id, words(stream.faultCode)));
		this.end(stream);
	}

	end(stream: Http2Stream): void {
		this.#open.delete(stream.id);
		this.#listener.ended(stream);
	}
}
