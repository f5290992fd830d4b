import type { Readable, Writable } from "node:stream";
import type { Resource } from "../core/resource.ts";

/** A stream that can be finished, or at least destroyed. */
export type AnyStream = Readable | Writable;

export function isStream(thing: unknown): thing is AnyStream {
	const { pipe, write, destroy, destroyed, on } = (thing ?? {}) as Partial<Readable & Writable>;
	const isEitherWay = typeof pipe === "function" || typeof write === "function";
	return isEitherWay && typeof destroy === "function" && typeof destroyed === "boolean" && typeof on === "function";
}

/** A stream. What was written to it is flushed, then it is destroyed. A stream that is only read has nothing to finish. */
export class StreamResource implements Resource {
	readonly #stream: AnyStream;
	#isCut = false;

	constructor(stream: AnyStream) {
		this.#stream = stream;
	}

	async close(): Promise<void> {
		const stream = this.#stream;
		if (stream.closed) return;
		await new Promise<void>((resolve, reject) => {
			stream.once("error", reject);
			stream.once("close", () => {
				if (this.#isCut || !("writableFinished" in stream) || stream.writableFinished) resolve();
				else reject(new Error("closed before everything was written"));
			});
			if (!("writableFinished" in stream)) {
				stream.destroy();
				return;
			}
			const finished = (): void => {
				stream.destroy();
				// It may be closed already, or never emit `close`.
				if (stream.closed || !emitsClose(stream)) resolve();
			};
			if (stream.writableFinished) return finished();
			stream.once("finish", finished);
			if (!stream.writableEnded) stream.end();
		});
	}

	cut(): void {
		this.#isCut = true;
		this.#stream.destroy();
	}
}

/** Returns false for a stream with the option `emitClose: false`. Only its undocumented state shows that. */
function emitsClose(stream: Writable): boolean {
	const { emitClose } = (stream as { _writableState?: { emitClose?: boolean } })._writableState ?? {};
	return emitClose !== false;
}
