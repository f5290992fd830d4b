import type { Program } from "./program.ts";
import type { RealServer, ServerKind } from "./server.ts";

/** An example, and the real server that it is a client of. */
export interface ClientExample {
	readonly name: string;
	readonly file: string;
	readonly server: ServerKind;
	/** True if it gives back what it can't finish in time. */
	readonly givesBack?: boolean;
	/** Removes all orders from the server. */
	open(server: RealServer): Promise<Shop>;
}

/**
 * The server in one round. Every example handles orders in the same three steps: it charges the customer, has the
 * order packed, which takes its time, and ships it.
 */
export interface Shop {
	/** Where the example finds the server. */
	readonly env: Readonly<Record<string, string>>;
	/** Sends orders and goes on; resolves when the load is steady. */
	load(program: Program): Promise<void>;
	/** Sends no more orders. */
	finish(): Promise<void>;
	/** What the server has recorded by now. */
	books(): Promise<Books>;
	/** How many connections of the program the server has. */
	connections(): Promise<number>;
	/** How many orders the server still assigns to a program that is gone. Absent where that can't happen. */
	held?(): Promise<number>;
	/** Ends the time for which the server keeps orders for a program that is gone. */
	expire?(): Promise<void>;
	/** What follows the end of a program: another one, started by `start`, handles what was left. */
	takeOver(start: () => Program): Promise<void>;
	/** After `takeOver`: orders that were accepted and never shipped, and those whose customers got no response. */
	lost(): Promise<string[]>;
	close(): Promise<void>;
}

/** The ids of the orders that were charged and shipped, one entry for each time. */
export interface Books {
	readonly charges: readonly string[];
	readonly shipments: readonly string[];
}
