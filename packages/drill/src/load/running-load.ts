import type { ConnectionEnd } from "../record/connection-end.ts";
import type { RequestRecord, Tally } from "../record/outcome.ts";
import type { Rows } from "../record/rows.ts";
import type { Origin } from "../wire/open-socket.ts";

/** Where a load goes and what it asks for. */
export interface Endpoint extends Origin {
	/** @default "/" */
	readonly path?: string;
	/** @default "GET"; with a body and for `upload`, "POST" */
	readonly method?: string;
	/** More headers. The load itself sends `content-length` and `x-request-id`; `transfer-encoding` is not allowed. */
	readonly headers?: Readonly<Record<string, string>>;
	/** Sent with every request, as UTF-8 if it is a string, in one piece except by `upload`. */
	readonly body?: string | Uint8Array;
}

/** Options of `finish`. */
export interface FinishOptions {
	/**
	 * How long to wait for the requests in flight.
	 * @default 30_000
	 */
	readonly timeoutMs?: number;
	/** Ends the wait early. */
	readonly signal?: AbortSignal;
	/**
	 * For a service that is still up: WebSockets and event streams may stay open at the end of `timeoutMs`. They are `answered`
	 * then, with the detail `still-open`: a WebSocket if it has answered a ping since `finish` was called and no message is
	 * outstanding, an event stream if it is between two events.
	 * @default false
	 */
	readonly mayStayOpen?: boolean;
}

/** A load that has been started. */
export interface RunningLoad {
	/** The name of its kind. */
	readonly name: string;
	/**
	 * Resolves when every connection is where the load wants it: answered once, or with its request in flight. Rejects if a
	 * connection is refused, if one ends before and is not replaced, or if `finish` is called first. An unhandled rejection does
	 * no harm.
	 */
	readonly steady: Promise<void>;
	/** How many connections are not steady yet. */
	readonly notSteady: number;
	/** Counts the requests that have an outcome by now. */
	readonly tally: Readonly<Tally>;
	/** The requests that have an outcome by now, in that order. */
	readonly records: Rows<RequestRecord>;
	/** How each connection that has closed by now ended, in that order. */
	readonly ends: Rows<ConnectionEnd>;
	/** The same as an array, which is large for many connections. */
	readonly connectionsEnded: readonly ConnectionEnd[];
	/** All refused attempts so far. If a client tries again, only its first 3 attempts are among the records. */
	readonly refusedAttempts: number;
	/** How many requests are due and not sent, because no connection was free. Always 0 without a fixed rate. */
	readonly overdue: number;
	/**
	 * Sends nothing new from now on. Resolves when every request has an outcome and every socket is closed. A request without
	 * an outcome after `timeoutMs` is `unanswered`, or `cut` if its response had begun, both with the detail `time-limit`. A
	 * connection that is still opening is dropped without a record: no request is lost with it. Never rejects; a second call
	 * waits for the first.
	 */
	end(options?: FinishOptions): Promise<void>;
	/** Does the same, and resolves to the records as an array, which is large for many requests. A second call gets the same array. */
	finish(options?: FinishOptions): Promise<RequestRecord[]>;
}
