import type { IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import type { DrainOptions } from "../../core/drainable.ts";
import { endQuietly } from "../answers/event-watch.ts";
import { nextPoll } from "../listening/accept-queue.ts";
import type { Http2Server } from "./http2-server.ts";
import { HEALTH_WATCH } from "./http2-stream.ts";

/** "Currently unavailable" (gRPC status codes). */
const UNAVAILABLE = 14;
/** How often to look. */
const LOOK_EVERY_MS = 20;

/**
 * The clients that watch the health of a gRPC server. Their streams would hold every stop until the deadline, so they are ended
 * while draining. The service's definition (grpc/health/v1/health.proto) says that a client must call again whatever status
 * its stream ends with. No other stream is ended: nothing tells whether it has an end of its own.
 */
export class HealthWatches {
	readonly #name: string;
	readonly #streams = new Map<ServerHttp2Stream, number>();

	constructor(name: string) {
		this.#name = name;
	}

	/** Knows all that begin on this server from now on. */
	watch(server: Http2Server): void {
		// Typed as `on`, which would come after the listener of gRPC.
		server.prependListener("stream", ((stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void => {
			if (headers[":path"] !== HEALTH_WATCH) return;
			this.#streams.set(stream, performance.now());
			stream.once("close", () => this.#streams.delete(stream));
		}) as () => void);
	}

	/** Ends each in its turn, also those that come meanwhile, until `isOver`. */
	async endAll({ goodbyes, onEndedEarly }: DrainOptions, isOver: () => boolean): Promise<void> {
		await goodbyes.doorsClosed();
		const since = performance.now();
		const delays = goodbyes.delays(this.#streams.size);
		const dueAt = new Map([...this.#streams.keys()].map((stream, at) => [stream, since + (delays[at] ?? 0)]));
		while (!isOver()) {
			for (const [stream, startedAt] of this.#streams) {
				// Not before GOAWAY, or its client would call again on this session.
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

/** Ends a stream with a status, as the server's own code would. Returns true if it was open. */
function end(stream: ServerHttp2Stream): boolean {
	// The server listens once it has ended the stream itself.
	const isEnding = stream.writableEnded || stream.destroyed || stream.listenerCount("wantTrailers") > 0;
	if (!stream.headersSent || isEnding) return false;
	stream.once("wantTrailers", () => {
		stream.sendTrailers({ "grpc-status": UNAVAILABLE, "grpc-message": "service is shutting down" });
		// A status that the program ends it with in the same moment comes too late.
		stream.sendTrailers = () => {};
	});
	endQuietly(stream);
	return true;
}
