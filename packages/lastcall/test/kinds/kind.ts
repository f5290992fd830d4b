import type { TestContext } from "node:test";
import type { HostedService } from "lastcall";

/** One kind of thing that drains, as the contract sees it: how it is served, and what its clients are told. */
export interface Kind {
	/** As the table and the README call it. */
	readonly name: string;
	/** What a client that is connected and has nothing in flight is told, in the protocol's own words. */
	readonly idleOutcome: RegExp;
	/** What somebody is told who comes while draining. `refused` is the kernel's word for a closed port. */
	readonly newOutcome: RegExp;
	/** How work of `begin` is named while it is in flight. */
	readonly inFlight: RegExp;
	/** What the client of work learns that the hard stop has cut. Anything but `whole`. */
	readonly cutOutcome: RegExp;
	/** How the report names a connection of `silent`. Missing where such a connection is idle, so that nothing of it was cut. */
	readonly silentName?: RegExp;
	/** Why this rule can't be kept by this kind, where the protocol has no word for it. It is in the README's table. */
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
	/** Begins something that the program holds until it is told to finish it. Resolves once the program has it. */
	begin(): Promise<Work>;
	/** Connects, so that the server knows it, with nothing in flight. Resolves to what it will have been told at the end. */
	idle(): Promise<{ readonly told: Promise<string> }>;
	/** Connects, so that the server knows it. This client falls silent then: it reads nothing more and never closes its side. */
	silent(): Promise<void>;
	/** Comes anew, on a new connection or, where that is what the kind refuses, on an old one. Resolves to what it was told. */
	connectAnew(): Promise<string>;
	/** Whether every socket and listener of this server is gone. */
	isGone(): Promise<boolean>;
}

/** Something that is in flight. */
export interface Work {
	/** Lets the program finish it. */
	finish(): void;
	/** `whole`, or what its client was told in place of that. */
	readonly outcome: Promise<string>;
	/**
	 * Something more on the same connection that arrives while draining and the kind must finish: a further request, stream
	 * or message. Missing where a connection carries one thing only.
	 */
	readonly more?: () => Promise<Work>;
}
