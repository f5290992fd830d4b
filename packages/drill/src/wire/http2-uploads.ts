import { FLAG, FRAME, frame } from "./http2-frames.ts";
import type { Http2Settings } from "./http2-settings.ts";
import type { Http2Stream } from "./http2-stream.ts";

const MOST_WINDOW = 2 ** 31 - 1;

/** Sends the bodies of requests. What the server has no room for waits (RFC 9113 §5.2). */
export class Http2Uploads {
	readonly #settings: Http2Settings;
	readonly #write: (text: string) => void;
	/** The streams whose body has not been sent completely. */
	readonly #waiting = new Set<Http2Stream>();
	#window: number;

	constructor(settings: Http2Settings, write: (text: string) => void) {
		this.#settings = settings;
		this.#write = write;
		this.#window = settings.initialWindowSize;
	}

	/** Sends the body of a stream, or what there is room for. */
	begin(stream: Http2Stream): void {
		this.#waiting.add(stream);
		this.#send(stream);
	}

	/** Forgets a stream that has ended. */
	forget(stream: Http2Stream): void {
		this.#waiting.delete(stream);
	}

	/** The server has more room, on one stream or on all together. Returns false if it says more than there can be. */
	grow(stream: Http2Stream | undefined, bytes: number): boolean {
		if (stream === undefined) this.#window += bytes;
		else stream.sendWindow += bytes;
		if ((stream?.sendWindow ?? this.#window) > MOST_WINDOW) return false;
		this.#sendAll();
		return true;
	}

	/** The server has changed how much room each stream has (RFC 9113 §6.9.2). */
	resize(streams: Iterable<Http2Stream>, bytes: number): void {
		if (bytes !== 0) for (const stream of streams) stream.sendWindow += bytes;
		this.#sendAll();
	}

	#sendAll(): void {
		for (const stream of this.#waiting) this.#send(stream);
	}

	#send(stream: Http2Stream): void {
		while (stream.isSending) {
			const room = Math.min(this.#window, stream.sendWindow, this.#settings.maxFrameSize);
			if (room <= 0 && stream.bodyLeft !== "") return;
			const piece = stream.bodyLeft.slice(0, Math.max(0, room));
			stream.bodyLeft = stream.bodyLeft.slice(piece.length);
			this.#window -= piece.length;
			stream.sendWindow -= piece.length;
			stream.isSending = stream.bodyLeft !== "";
			this.#write(frame(FRAME.data, stream.isSending ? 0 : FLAG.endStream, stream.id, piece));
		}
		this.#waiting.delete(stream);
	}
}
