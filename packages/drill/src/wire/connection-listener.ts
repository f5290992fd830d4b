import type { ConnectionEnd } from "../record/connection-end.ts";
import type { RequestRecord } from "../record/outcome.ts";

/** What a connection reports. The last call is exactly one `refused` or, after the last outcome, one `closed`. */
export interface ConnectionListener {
	opened(): void;
	/** The connection never opened. `error` is undefined if the client gave up. */
	refused(error: string | undefined): void;
	/** The final head of the response to the oldest request has arrived. */
	responseBegan(): void;
	/** A request has an outcome. */
	settled(record: RequestRecord): void;
	closed(end: ConnectionEnd): void;
}
