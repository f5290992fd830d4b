import type { Readable, Writable } from "node:stream";
import type { Resource } from "../core/resource.ts";

/** What can be finished, or at least destroyed. */
export type AnyStream = Readable | Writable;

export function isStream(thing: unknown): thing is AnyStream {
	const { pipe, write, destroy, destroyed, on } = (thing ?? {}) as Partial<Readable & Writable>;
	const isEitherWay = typeof pipe === "function" || typeof write === "function";
	return isEitherWay && typeof destroy === "function" && typeof destroyed === "boolean" && typeof on === "function";
}

/** A stream: what was written to it arrives, then it is destroyed. One that is only read has nothing to finish. */
export class StreamResource implements Resource {
	readonly #stream: AnyStream;
	#isDropped = false;

	constructor(stream: AnyStream) {
		this.#stream = stream;
	}

	async close(): Promise<void> {
		const stream = this.#stream;
		if (stream.closed) return;
		await new Promise<void>((resolve, reject) => {
			stream.once("error", reject);
			stream.once("close", () => {
				if (this.#isDropped || !("writableFinished" in stream) || stream.writableFinished) resolve();
				else reject(new Error("closed before everything was written"));
			});
			if (!("writableFinished" in stream)) {
				stream.destroy();
				return;
			}
			const finished = (): void => {
				stream.destroy();
				// There may be nothing to close, or nobody who tells.
				if (stream.closed || !emitsClose(stream)) resolve();
			};
			if (stream.writableFinished) return finished();
			stream.once("finish", finished);
			if (!stream.writableEnded) stream.end();
		});
	}

	cut(): void {
		this.#isDropped = true;
		this.#stream.destroy();
	}
}

function emitsClose(stream: Writable): boolean {
	const { emitClose } = (stream as { _writableState?: { emitClose?: boolean } })._writableState ?? {};
	return emitClose !== false;
}
