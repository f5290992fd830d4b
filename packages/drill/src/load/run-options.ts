import type { LoadClient, LoadConnection, LoadControl, OpenConnection } from "./load-client.ts";

/** What makes a run the load it is. */
export interface RunOptions<Connection extends LoadConnection> {
	/** The load's name, as it stands in the ids of its requests. */
	readonly name: string;
	readonly open: OpenConnection<Connection>;
	/** Without them, the load opens each connection itself, with `run.open`, and any complete response makes it steady. */
	readonly clients?: ClientOptions<Connection>;
	/** How many requests are due and not sent. See `RunningLoad`. */
	readonly overdue?: () => number;
}

/** The clients that a load begins with. */
export interface ClientOptions<Connection extends LoadConnection> {
	/** How many clients, each with one connection at a time. */
	readonly connections: number;
	/** True if a client opens another connection after one that ended. */
	readonly repeats: boolean;
	/** True if a client's first complete response makes it steady. Otherwise the client calls `reached` itself. */
	readonly steadyOnResponse: boolean;
	create(load: LoadControl<Connection>): LoadClient<Connection>;
}
