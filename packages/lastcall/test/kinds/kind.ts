import type { TestContext } from "node:test";
import type { HostedService } from "lastcall";

/** One kind of connection, for the contract: how it is served, and what its clients get. */
export interface Kind {
	/** Its name in the table and the README. */
	readonly name: string;
	/** How a client with nothing in flight learns of the shutdown: its protocol's closing message. */
	readonly idleOutcome: RegExp;
	/** What a client gets that connects while draining. `refused`: the port is closed. */
	readonly newOutcome: RegExp;
	/** How work of `begin` is named while it is in flight. */
	readonly inFlight: RegExp;
	/** What the client of work that the hard stop has cut gets. Anything but `whole`. */
	readonly cutOutcome: RegExp;
	/** The name of a connection of `silent` in the report. Missing where such a connection is idle, so that no work of it was cut. */
	readonly silentName?: RegExp;
	/** Why this kind can't keep this rule. It is in the README's table. */
	readonly cannot?: Partial<Record<RuleName, string>>;
	/** Serves it on a running service, on a free port of the loopback. What it opens, it closes after the test. */
	open(t: TestContext, service: HostedService): Promise<Site>;
}

/** The rules of the contract, in the order of the table's columns. */
export const RULES = [
	"work in flight finishes",
	"work begun while draining finishes",
	"new clients are refused",
	"idle clients get a closing message",
	"silent clients are not waited for",
	"work in flight has a name",
	"the deadline cuts work",
	"work that is left has a name",
	"no socket is left open",
] as const;

export type RuleName = (typeof RULES)[number];

/** A server of one kind, and what its clients can do. */
export interface Site {
	/** Begins work that the program holds until `finish()`. Resolves once the program has it. */
	begin(): Promise<Work>;
	/** Opens a connection without work. Resolves once the server knows it; `outcome` resolves to what the client got by the end. */
	idle(): Promise<{ readonly outcome: Promise<string> }>;
	/** Opens a connection whose client then falls silent: it reads nothing more and never closes its side. Resolves once the server knows it. */
	silent(): Promise<void>;
	/** Begins new work, on a new connection or, if that is what the kind refuses, on an old one. Resolves to what the client gets. */
	connectAnew(): Promise<string>;
	/** Returns true if every socket and listener of this server is closed. */
	isGone(): Promise<boolean>;
}

/** Work in flight. */
export interface Work {
	/** Lets the program finish it. */
	finish(): void;
	/** `whole`, or what the client got instead. */
	readonly outcome: Promise<string>;
	/**
	 * More work on the same connection that arrives while draining and must be finished: a further request, stream
	 * or message. Missing where a connection carries one piece of work only.
	 */
	readonly more?: () => Promise<Work>;
}
