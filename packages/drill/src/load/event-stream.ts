import { PLAIN_LOSSES } from "../record/loss-rules.ts";
import { EventStreamCheck, type WholeStream } from "../wire/event-stream-check.ts";
import type { RawConnection } from "../wire/raw-connection.ts";
import type { OutgoingRequest } from "../wire/request-queue.ts";
import { http1Load } from "./http1-load.ts";
import { LearnedEnd } from "./learned-end.ts";
import type { LoadClient, LoadControl } from "./load-client.ts";
import { defineLoad } from "./load-kind.ts";
import type { Endpoint, RunningLoad } from "./running-load.ts";
import { CONNECTIONS, EVENTS, PATH, TEXT } from "./setting-schemas.ts";

export const EVENT_STREAM = defineLoad({
	name: "event-stream",
	help: "server-sent events; `until`: the last one of a whole stream",
	settings: { path: PATH, connections: CONNECTIONS, events: EVENTS, until: TEXT },
	speaks: "HTTP/1.1",
	steadyOnResponse: true,
	leavesIdle: false,
	losses: {
		...PLAIN_LOSSES,
		// A stream that never began is a request like any other.
		ownReason: ({ outcome }) => (outcome === "cut" ? "stream-cut" : undefined),
	},
	start: (endpoint, { connections, events, until }, { isProbe = false }) =>
		eventStream(endpoint, { connections, events, until, learns: !isProbe }),
});

/** Options of `eventStream`. */
export interface EventStreamOptions {
	/** @default 16 */
	readonly connections?: number | undefined;
	/**
	 * For streams that have an end, such as a language model's output: the least number of events. The requests are POSTs,
	 * unless the endpoint has a method. A stream with fewer events is `cut`, with the detail `few-events`.
	 * @default 0
	 */
	readonly events?: number | undefined;
	/**
	 * For streams that have an end: the name or the data of the last event, such as `[DONE]` or `message_stop`. The requests are
	 * POSTs, unless the endpoint has a method. A stream that ends after any other event is `cut`, with the detail `early-end`.
	 * @default that of the first streams, if neither this nor `events` is given and the method is not GET
	 */
	readonly until?: string | undefined;
	/**
	 * Learns how whole streams end, if it is not given.
	 * @default true
	 */
	readonly learns?: boolean | undefined;
}

const REOPEN_AFTER_MS = 20;
const NOTHING_IN_COMMON =
	"had event streams that end with nothing in common, so a whole one looks like one that was ended early: set until=… (the " +
	"name or the data of the last event) or events=… (the least number of events)";

/**
 * Starts one event stream on each connection, for a path that responds with `text/event-stream`. The load sends that `accept`
 * header, unless the endpoint has its own. A stream is `answered` only if its message was complete and ended between two
 * events. A stream that ended within an event is `cut`, with the detail `mid-event`.
 *
 * The client of a GET reconnects by itself, as `EventSource` does, so its stream may end after any event. No client repeats
 * any other request by itself, so those streams have to be whole: `events` and `until` say what that is. Without them, the
 * load learns it: what the first streams all end with is expected of the later ones.
 *
 * Steady once the head of each stream has arrived. If the end has to be learned: once a whole stream of each connection has,
 * two of a single connection. The load can't become steady if the path responds with anything but an event stream, or the
 * first streams have nothing in common. A stream that ended is opened again after the `retry` that it sent, or after 20 ms:
 * on the same connection if that is still usable, as browsers do. `finish` waits until the server ends the streams; it ends
 * those without an end itself if they may stay open. The load never sends a `Last-Event-ID`. Throws what `http1Load` throws.
 */
export function eventStream(endpoint: Endpoint, options: EventStreamOptions = {}): RunningLoad {
	const { connections = 16, events = 0, until, learns = true } = options;
	const hasEnd = events > 0 || until !== undefined;
	const { headers = {}, body, method = hasEnd || body !== undefined ? "POST" : "GET" } = endpoint;
	const asksAlready = Object.keys(headers).some((name) => name.toLowerCase() === "accept");
	const learned = method === "GET" || hasEnd || !learns ? undefined : new LearnedEnd(Math.max(2, connections));
	const streams: Streams = {
		whole: learned ?? { events, until },
		mayStayOpen: method === "GET" && !hasEnd,
		learned,
		learnFrom: connections === 1 ? 2 : 1,
	};
	return http1Load(
		{ ...endpoint, method, headers: asksAlready ? headers : { accept: "text/event-stream", ...headers } },
		{
			name: "event-stream",
			connections,
			repeats: true,
			steadyOnResponse: false,
			client: (request, load) => eventStreamClient(request, load, streams),
		},
	);
}

/** What the streams of a load are like. */
interface Streams {
	readonly whole: WholeStream;
	readonly mayStayOpen: boolean;
	/** Learns how they end, if that has to be learned. */
	readonly learned: LearnedEnd | undefined;
	/** How many streams of each client it learns from. */
	readonly learnFrom: number;
}

function eventStreamClient(
	request: () => OutgoingRequest,
	load: LoadControl<RawConnection>,
	{ whole, mayStayOpen, learned, learnFrom }: Streams,
): LoadClient<RawConnection> {
	let retryMs = REOPEN_AFTER_MS;
	let check = new EventStreamCheck(whole);
	let seen = 0;
	const ask = (connection: RawConnection): void => {
		check = new EventStreamCheck(whole);
		connection.send([{ ...request(), bodyCheck: check, mayStayOpen }]);
	};
	const learn = (): void => {
		if (!check.isEventStream) load.failed(client, `got no event stream (content-type: ${check.contentType ?? "none"})`);
		else if (learned?.learn(check) === false) load.failed(client, NOTHING_IN_COMMON);
		else if (++seen >= learnFrom) load.reached(client);
	};
	const client: LoadClient<RawConnection> = {
		opened: ask,
		responseBegan: () => {
			if (!learned && check.isEventStream) load.reached(client);
		},
		settled: (connection, { outcome, status = 0 }) => {
			retryMs = check.retryMs ?? retryMs;
			if (outcome === "answered" && status < 300) learn();
			// The verdict judges what is wrong with it.
			else load.reached(client);
			if (!connection.usable) return;
			load.later(retryMs, () => {
				if (connection.usable) ask(connection);
				else connection.close();
			});
		},
		reopenAfterMs: () => retryMs,
	};
	return client;
}
