import { FRAME, frame, words } from "./http2-frames.ts";
import type { Http2Stream } from "./http2-stream.ts";

/** How much a server may send before it gets a WINDOW_UPDATE (RFC 9113 §6.9.2). */
const WINDOW_BYTES = 65_535;

/** The room for the bodies of responses (RFC 9113 §5.2). What arrives is taken at once, so that there always is some. */
export class Http2Downloads {
	readonly #write: (text: string) => void;
	/** What has arrived since the server was last told, on all streams. */
	#taken = 0;

	constructor(write: (text: string) => void) {
		this.#write = write;
	}

	/**
	 * Takes the payload of a DATA frame, with its padding.
	 * @param stream undefined if nothing of it matters any more
	 */
	take(stream: Http2Stream | undefined, bytes: number): void {
		this.#taken = this.#tell(0, this.#taken + bytes);
		if (stream !== undefined) stream.taken = this.#tell(stream.id, stream.taken + bytes);
	}

	/** Tells the server once it has used half of the room. Returns what it does not know yet. */
	#tell(stream: number, taken: number): number {
		if (taken <= WINDOW_BYTES / 2) return taken;
		this.#write(frame(FRAME.windowUpdate, 0, stream, words(taken)));
		return 0;
	}
}
