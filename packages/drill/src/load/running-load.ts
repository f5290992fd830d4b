import type { ConnectionEnd } from "../record/connection-end.ts";
import type { RequestRecord, Tally } from "../record/outcome.ts";
import type { TlsTrust } from "../wire/open-socket.ts";

/** Where a load goes and what it asks for. */
export interface Endpoint {
	readonly host: string;
	readonly port: number;
	/** Speaks TLS where it is given. */
	readonly tls?: TlsTrust;
	/** @default "/" */
	readonly path?: string;
	/** @default "GET"; with a body and for `upload`, "POST" */
	readonly method?: string;
	/** More headers. `content-length`, `transfer-encoding` and `x-request-id` are the load's own. */
	readonly headers?: Readonly<Record<string, string>>;
	/** Sent whole with every request, as UTF-8 where it is a string; `upload` sends it in pieces. */
	readonly body?: string | Uint8Array;
}

/** Options of `finish`. */
export interface FinishOptions {
	/**
	 * How long to wait for what is in flight.
	 * @default 30_000
	 */
	readonly timeoutMs?: number;
	/** Ends the wait early. */
	readonly signal?: AbortSignal;
	/**
	 * What stays open by its nature is not lost at the end of `timeoutMs`: for a service that is still up. A WebSocket is
	 * `answered` then, with the detail `still-open`, if it has answered a ping since `finish` was called and no message is
	 * outstanding; an event stream, if it is between two events.
	 * @default false
	 */
	readonly mayStayOpen?: boolean;
}

/** A load that has been started. */
export interface RunningLoad {
	/** The kind. */
	readonly name: string;
	/**
	 * Resolves when every connection is where the load wants it: answered once, or with its request in flight. Rejects if
	 * a connection is refused or, where nothing is repeated, ends before, and if `finish` comes first. A
	 * rejection that nobody handles does no harm.
	 */
	readonly steady: Promise<void>;
	/** How many connections are not yet where the load wants them. */
	readonly notSteady: number;
	/** Counts what has an outcome by now. */
	readonly tally: Readonly<Tally>;
	/** How the connections that are closed by now ended, in the order they did. */
	readonly connectionsEnded: readonly ConnectionEnd[];
	/** All refused attempts so far. Of a client that tries again, only the first 3 are among the records. */
	readonly refusedAttempts: number;
	/**
	 * Sends nothing new from now on; resolves when every request written has an outcome and every socket is closed. What
	 * has none after `timeoutMs` is `unanswered`, or `cut` if its answer had begun, both with the detail `time-limit`. An
	 * attempt to connect is dropped without a record: no request was lost with it. Never rejects; a second call returns
	 * the first one's result.
	 */
	finish(options?: FinishOptions): Promise<RequestRecord[]>;
}
