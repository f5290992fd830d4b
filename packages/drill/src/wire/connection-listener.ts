import type { ConnectionEnd } from "../record/connection-end.ts";
import type { RequestRecord } from "../record/outcome.ts";

/** What a connection reports. It ends with exactly one `refused` or, after the last outcome, one `closed`. */
export interface ConnectionListener<Connection> {
	opened(connection: Connection): void;
	/** It never opened. `error` is missing where this side gave up. */
	refused(connection: Connection, error: string | undefined): void;
	/** The final head of the oldest request's answer arrived. */
	responseBegan(connection: Connection): void;
	settled(connection: Connection, record: RequestRecord): void;
	closed(connection: Connection, end: ConnectionEnd): void;
}
