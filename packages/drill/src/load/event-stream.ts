import { EventStreamCheck, type WholeStream } from "../wire/event-stream-check.ts";
import type { RawConnection } from "../wire/raw-connection.ts";
import type { OutgoingRequest } from "../wire/request-queue.ts";
import { http1Load } from "./http1-load.ts";
import { LearnedEnd } from "./learned-end.ts";
import type { LoadClient, LoadControl } from "./load-client.ts";
import type { Endpoint, RunningLoad } from "./running-load.ts";

/** Options of `eventStream`. */
export interface EventStreamOptions {
	/** @default 16 */
	readonly connections?: number;
	/**
	 * For streams that have an end, such as a model's answer: each is asked for by a POST, unless the target says otherwise,
	 * and one that ends after fewer events than this is `cut`, with the detail `few-events`.
	 * @default 0
	 */
	readonly events?: number;
	/**
	 * For streams that have an end: the name or the data of the last event, such as `[DONE]` or `message_stop`. Each is asked
	 * for by a POST, unless the target says otherwise, and one that ends after any other event is `cut`, with the detail
	 * `early-end`.
	 * @default that of the first streams, where neither this nor `events` is given and the method is not GET
	 */
	readonly until?: string;
	/**
	 * Learns how whole streams end, where it is not said.
	 * @default true
	 */
	readonly learns?: boolean;
}

const reopenAfterMs = 20;
const NOTHING_IN_COMMON =
	"had event streams that end with nothing in common, so that a whole one can't be told from one that was ended early: say " +
	"until=… (the name or the data of the last event) or events=… (how many there are at least)";

/**
 * One event stream per connection, for a path that answers with `text/event-stream`, which is asked for unless the target
 * has an `accept` header of its own. A stream is `answered` only where its message was whole and ended between two events;
 * in the middle of one it is `cut`, with the detail `mid-event`.
 *
 * The client of a GET reconnects by itself, as `EventSource` does: its stream may end after any event. No other is asked for
 * again by itself, so that it has to be whole: `events` and `until` say what that is. Without them, the first streams do:
 * what they all end with is expected of those that come later.
 *
 * Steady once the head of each stream has arrived, or, where its end has to be learned, a whole stream of each connection,
 * two of a single one. It can't be steady if the path answers with something else than an event stream, or the streams that
 * it would learn from have nothing in common. A stream that ended is opened again after the `retry` that it sent, or else
 * 20 ms: on its connection if that is still usable then, as browsers do. `finish` waits until the server ends the streams, or
 * ends those without an end where they may stay open. A `Last-Event-ID` is never sent. Throws what `http1Load` throws.
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
			steadyOnAnswer: false,
			client: (request, run) => eventStreamClient(request, run, streams),
		},
	);
}

/** What the streams of a load are like. */
interface Streams {
	readonly whole: WholeStream;
	readonly mayStayOpen: boolean;
	/** What is learned of their end, where it has to be. */
	readonly learned: LearnedEnd | undefined;
	/** From how many of each client. */
	readonly learnFrom: number;
}

function eventStreamClient(
	request: () => OutgoingRequest,
	run: LoadControl<RawConnection>,
	{ whole, mayStayOpen, learned, learnFrom }: Streams,
): LoadClient<RawConnection> {
	let retryMs = reopenAfterMs;
	let check = new EventStreamCheck(whole);
	let seen = 0;
	const ask = (connection: RawConnection): void => {
		check = new EventStreamCheck(whole);
		connection.send([{ ...request(), bodyCheck: check, mayStayOpen }]);
	};
	const learn = (): void => {
		if (!check.isEventStream) run.failed(client, `got no event stream (content-type: ${check.contentType ?? "none"})`);
		else if (learned?.learn(check) === false) run.failed(client, NOTHING_IN_COMMON);
		else if (++seen >= learnFrom) run.reached(client);
	};
	const client: LoadClient<RawConnection> = {
		opened: ask,
		answerBegan: () => {
			if (!learned && check.isEventStream) run.reached(client);
		},
		settled: (connection, { outcome, status = 0 }) => {
			retryMs = check.retryMs ?? retryMs;
			if (outcome === "answered" && status < 300) learn();
			// What is wrong with it is the verdict's matter.
			else run.reached(client);
			if (!connection.usable) return;
			run.later(retryMs, () => {
				if (connection.usable) ask(connection);
				else connection.close();
			});
		},
		reopenAfterMs: () => retryMs,
	};
	return client;
}
