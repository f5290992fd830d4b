import type { LoadClient, LoadConnection, OpenConnection } from "./load-client.ts";
import type { LoadRun } from "./load-run.ts";

/** What makes a load the one it is. */
export interface LoadKind<Connection extends LoadConnection> {
	readonly name: string;
	readonly open: OpenConnection<Connection>;
	/** Without them, the load opens each connection itself, with `run.open`, and any whole answer makes it steady. */
	readonly clients?: ClientKind<Connection>;
}

/** The clients that a load begins with. */
export interface ClientKind<Connection extends LoadConnection> {
	/** How many clients, each with one connection at a time. */
	readonly connections: number;
	/** A client whose connection ended opens another one. */
	readonly repeats: boolean;
	/** A client is steady with its first whole answer; otherwise it says so itself, with `run.reached`. */
	readonly steadyOnAnswer: boolean;
	create(run: LoadRun<Connection>): LoadClient<Connection>;
}
