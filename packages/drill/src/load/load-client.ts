import type { RequestRecord } from "../record/outcome.ts";
import type { ConnectionListener } from "../wire/connection-listener.ts";

/** A connection as the engine sees it, whatever it speaks. */
export interface LoadConnection {
	/** Its number in its load. */
	readonly number: number;
	/** When it was asked for, `performance.now()`. */
	readonly askedAtMs: number;
	/** How many requests were sent and have no outcome. */
	readonly inFlight: number;
	/** Takes no more requests, and ends once nothing is in flight. */
	close(): void;
	/** Asks the server for a sign of life, where connections stay open by their nature. */
	ping?(): void;
	/** Ends now: what is in flight is out of time. `mayStayOpen`: but not what stays open by its nature and is well. */
	giveUp(mayStayOpen?: boolean): void;
}

/** Opens one connection at once. `listener` is not called before this returns. `nextId` is that of `LoadRun`. */
export type OpenConnection<Connection> = (
	listener: ConnectionListener<Connection>,
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

/** What one client does on its connections, one after the other. */
export interface LoadClient<Connection> {
	/** When its only request is due. */
	readonly dueAtMs?: number;
	opened(connection: Connection): void;
	answerBegan?(connection: Connection): void;
	/** Not called once the load is finishing. */
	settled?(connection: Connection, record: RequestRecord): void;
	/** It has ended or was refused. */
	closed?(connection: Connection): void;
	/**
	 * How long the next connection waits after one that ended; `undefined` where that has been replaced before.
	 * @default 0
	 */
	reopenAfterMs?(connection: Connection): number | undefined;
}
