import type { IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import type { DrainOptions } from "../../core/drainable.ts";
import { nextPoll } from "../listening/accept-queue.ts";
import { endQuietly } from "../responses/event-watch.ts";
import type { Http2Server } from "./http2-server.ts";
import { HEALTH_WATCH } from "./http2-stream.ts";

/** UNAVAILABLE (gRPC status codes): the client should call again. */
const UNAVAILABLE = 14;
/** How often to look. */
const LOOK_EVERY_MS = 20;

/**
 * The streams of clients that watch the health of a gRPC server. They would hold every shutdown until the deadline, so they are
 * ended while draining. By the definition of the service (grpc/health/v1/health.proto), clients should call again after any
 * status. Other streams are not ended: nothing shows whether they have an end of their own.
 */
export class HealthWatches {
	readonly #name: string;
	readonly #streams = new Map<ServerHttp2Stream, number>();

	constructor(name: string) {
		this.#name = name;
	}

	/** Tracks the streams that begin on this server from now on. */
	watch(server: Http2Server): void {
		// Before the listener of gRPC. The types of Node.js have no `prependListener` for `stream`.
		server.prependListener("stream", ((stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void => {
			if (headers[":path"] !== HEALTH_WATCH) return;
			this.#streams.set(stream, performance.now());
			stream.once("close", () => this.#streams.delete(stream));
		}) as () => void);
	}

	/** Ends each stream in its turn, also those that begin meanwhile, until `isOver` returns true. */
	async endAll({ spread, onEndedEarly }: DrainOptions, isOver: () => boolean): Promise<void> {
		await spread.listenersClosed();
		const since = performance.now();
		const delays = spread.delays(this.#streams.size);
		const dueAt = new Map([...this.#streams.keys()].map((stream, at) => [stream, since + (delays[at] ?? 0)]));
		while (!isOver()) {
			for (const [stream, startedAt] of this.#streams) {
				// Not before GOAWAY: the client would call again on this session.
				const isDue = stream.session?.closed === true && performance.now() >= (dueAt.get(stream) ?? 0);
				if (!isDue || !end(stream)) continue;
				this.#streams.delete(stream);
				const ageMs = performance.now() - startedAt;
				onEndedEarly({ name: this.#name, what: `POST ${HEALTH_WATCH}`, ageMs, why: "client-reconnects" });
			}
			await nextPoll(LOOK_EVERY_MS);
		}
	}
}

/** Ends a stream with a status, as the code of `@grpc/grpc-js` would. Returns true if it was open. */
function end(stream: ServerHttp2Stream): boolean {
	// `@grpc/grpc-js` listens for `wantTrailers` once it has ended the stream itself.
	const isEnding = stream.writableEnded || stream.destroyed || stream.listenerCount("wantTrailers") > 0;
	if (!stream.headersSent || isEnding) return false;
	stream.once("wantTrailers", () => {
		stream.sendTrailers({ "grpc-status": UNAVAILABLE, "grpc-message": "service is shutting down" });
		// The program may end it with a status of its own in the same moment, which comes too late.
		stream.sendTrailers = () => {};
	});
	endQuietly(stream);
	return true;
}
