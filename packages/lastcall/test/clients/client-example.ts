import type { Program } from "./program.ts";
import type { RealServer, ServerKind } from "./server.ts";

/** An example, and the real server that it is a client of. */
export interface ClientExample {
	readonly name: string;
	readonly example: string;
	readonly server: ServerKind;
	/** Whether it can give back what it can't finish in time. */
	readonly givesBack?: boolean;
	/** Makes the server as if nothing had ever been ordered. */
	open(server: RealServer): Promise<Shop>;
}

/**
 * One round's view of the server. Every example handles orders in the same three steps: it charges the customer, has the
 * order packed, which takes its time, and ships it.
 */
export interface Shop {
	/** Where the example finds the server. */
	readonly env: Readonly<Record<string, string>>;
	/** Orders and goes on ordering; resolves when it is the middle of the day. */
	load(program: Program): Promise<void>;
	/** Orders nothing more. */
	finish(): Promise<void>;
	/** What the server has by now. */
	books(): Promise<Books>;
	/** How many connections of the program the server has. */
	connections(): Promise<number>;
	/** How many orders the server takes to be in the hands of a program that is gone. Absent where that can't be. */
	held?(): Promise<number>;
	/** Lets the time be over that the server gives a program that is gone to come back. */
	expire?(): Promise<void>;
	/** Does what follows on the end of a program: what has been left is handled by another. `start` starts it. */
	takeOver(start: () => Program): Promise<void>;
	/** After that: orders that were accepted and never shipped, and those whose customers never heard. */
	lost(): Promise<string[]>;
	close(): Promise<void>;
}

/** Who was charged and who was sent something: the ids of orders, one entry each time. */
export interface Books {
	readonly charges: readonly string[];
	readonly shipments: readonly string[];
}
