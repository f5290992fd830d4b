import { EventStreamCheck } from "../event-stream-check.ts";
import type { RawConnection } from "../raw-connection.ts";
import type { OutgoingRequest } from "../request-queue.ts";
import { http1Load } from "./http1-load.ts";
import type { LoadTarget, RunningLoad } from "./load.ts";
import type { LoadClient } from "./load-client.ts";
import type { LoadRun } from "./load-run.ts";

/** Options of `eventStream`. */
export interface EventStreamOptions {
	/** @default 16 */
	readonly connections?: number;
	/**
	 * For streams that have an end, such as a model's answer: each is asked for by a POST, unless the target says otherwise,
	 * and one that ends after fewer events than this is `cut`, with the detail `few-events`.
	 * @default 0: streams without an end
	 */
	readonly events?: number;
}

const reopenAfterMs = 20;

/**
 * One event stream per connection, for a path that answers with `text/event-stream`, which is asked for unless the target
 * has an `accept` header of its own. Steady once the head of each has arrived. A stream is `answered` only where its
 * message was whole and ended between two events; in the middle of one it is `cut`, with the detail `mid-event`. A
 * stream that ended is opened again after the `retry` that it sent, or else 20 ms: on its connection if that is still
 * usable then, as browsers do. `finish` waits until the server ends the streams, or ends those without an end where they may
 * stay open. A
 * `Last-Event-ID` is never sent. Throws what `http1Load` throws.
 */
export function eventStream(target: LoadTarget, options: EventStreamOptions = {}): RunningLoad {
	const { connections = 16, events = 0 } = options;
	const { headers = {}, method = events > 0 ? "POST" : "GET" } = target;
	const asksAlready = Object.keys(headers).some((name) => name.toLowerCase() === "accept");
	return http1Load(
		{ ...target, method, headers: asksAlready ? headers : { accept: "text/event-stream", ...headers } },
		{
			name: "event-stream",
			connections,
			repeats: true,
			steadyOnAnswer: false,
			client: (request, run) => eventStreamClient(request, run, events),
		},
	);
}

function eventStreamClient(
	request: () => OutgoingRequest,
	run: LoadRun<RawConnection>,
	events: number,
): LoadClient<RawConnection> {
	let retryMs = reopenAfterMs;
	let check = new EventStreamCheck();
	const ask = (connection: RawConnection): void => {
		check = new EventStreamCheck(events);
		connection.send([{ ...request(), bodyCheck: check, mayStayOpen: events === 0 }]);
	};
	const client: LoadClient<RawConnection> = {
		opened: ask,
		answerBegan: () => run.reached(client),
		settled: (connection) => {
			retryMs = check.retryMs ?? retryMs;
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
