import type { RequestRecord } from "../record/outcome.ts";
import type { ConnectionLife } from "../wire/connection-life.ts";
import type { ConnectionListener } from "../wire/connection-listener.ts";

/** A connection of any protocol, as `LoadRun` uses it. */
export interface LoadConnection {
	readonly life: ConnectionLife;
	/** How many requests were sent and have no outcome yet. */
	readonly inFlight: number;
	/** Takes no more requests, and closes once nothing is in flight. */
	close(): void;
	/** Pings the server, if the protocol's connections may stay open. */
	ping?(): void;
	/** Closes now: what is in flight is out of time. With `mayStayOpen`, open WebSockets and event streams are not, if they are well. */
	giveUp(mayStayOpen?: boolean): void;
}

/** Opens one connection at once. `listener` is not called before this returns. `nextId` is that of `LoadControl`. */
export type OpenConnection<Connection> = (
	listener: ConnectionListener,
	number: number,
	nextId: () => string,
) => Connection;

/** What a client may ask of the load that it belongs to. */
export interface LoadControl<Connection> {
	/** True once the load was asked to finish. */
	readonly finishing: boolean;
	/** Returns the next request's id. */
	nextId(): string;
	/** Marks a client as steady. Further calls do nothing. */
	reached(client: object): void;
	/** Marks a client as unable to become steady. Does nothing if it already is. */
	failed(client: object, what: string): void;
	/** Opens a connection for a client. */
	open(client: LoadClient<Connection>): void;
	/** Calls `action` later, unless the load is finishing by then. */
	later(delayMs: number, action: () => void): void;
}

/** What one client does on its connections. It has one at a time. */
export interface LoadClient<Connection> {
	/** When its only request is due, if a rate says so. */
	readonly dueAtMs?: number;
	opened(connection: Connection): void;
	responseBegan?(connection: Connection): void;
	/** Not called once the load is finishing. */
	settled?(connection: Connection, record: RequestRecord): void;
	/** The connection has ended or was refused. */
	closed?(connection: Connection): void;
	/**
	 * How long to wait before a connection that ended is replaced; `undefined` if it was replaced before its end.
	 * @default 0
	 */
	reopenAfterMs?(connection: Connection): number | undefined;
}
