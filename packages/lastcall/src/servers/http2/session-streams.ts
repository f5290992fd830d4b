import type { IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import { Pruner } from "../../core/pruner.ts";
import { endsAfterGoaway, type StreamInFlight } from "./http2-stream.ts";

/** The streams of one HTTP/2 session that are open, and which of them the program has. */
export class SessionStreams implements Iterable<StreamInFlight> {
	readonly #streams = new Map<ServerHttp2Stream, StreamInFlight>();
	/** The program may remove the listener for the end of a stream. */
	readonly #pruner = new Pruner(this.#streams, ([stream, entry]) => {
		if (stream.destroyed) this.#close(entry);
	});
	readonly #closed: (entry: StreamInFlight) => void;
	/** The highest number of a stream that has come. */
	newest = 0;
	/** The highest number of a stream that the program has. Higher ones are held. */
	newestHanded = 0;

	/** @param closed is called when a stream has closed */
	constructor(closed: (entry: StreamInFlight) => void) {
		this.#closed = closed;
	}

	/** How many are open. */
	get size(): number {
		return this.#streams.size;
	}

	/** Returns true if there is a stream that the program does not have. */
	get hasHeld(): boolean {
		return [...this.#streams.keys()].some(({ id = 0 }) => id > this.newestHanded);
	}

	[Symbol.iterator](): Iterator<StreamInFlight> {
		return this.#streams.values();
	}

	find(stream: ServerHttp2Stream): StreamInFlight | undefined {
		return this.#streams.get(stream);
	}

	add(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
		const entry: StreamInFlight = { stream, headers, startedAt: performance.now() };
		this.#pruner.pruneSome();
		this.#streams.set(stream, entry);
		this.newest = stream.id ?? 0;
		stream.once("close", () => this.#close(entry));
	}

	/** Forgets all that have closed. */
	clear(): void {
		this.#pruner.pruneAll();
	}

	/**
	 * Returns true if a stream is open that has to end before GOAWAY.
	 * @param isHolding true if held streams are never processed, so that GOAWAY need not wait for them
	 */
	isBusy(isHolding: boolean): boolean {
		return [...this.#streams.values()].some((entry) => {
			const isHeld = isHolding && (entry.stream.id ?? 0) > this.newestHanded;
			return !isHeld && !endsAfterGoaway(entry);
		});
	}

	#close(entry: StreamInFlight): void {
		if (this.#streams.delete(entry.stream)) this.#closed(entry);
	}
}
