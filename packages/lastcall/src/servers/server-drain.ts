import type { Server } from "node:net";
import { attempt } from "../core/attempt.ts";
import type { Drainable, DrainOptions, InFlight } from "../core/drainable.ts";
import type { Goodbyes } from "../core/goodbyes.ts";
import type { Failure } from "../core/stop-reason.ts";
import { closeListener, nextPoll } from "./accept-queue.ts";
import { Gate, type Gatekeeper } from "./gate.ts";
import { closeListenerOnly } from "./listener.ts";

/** The connections of a server that are in one protocol's hands. */
export interface Connections {
	/** How many there are. */
	readonly size: number;
	/** Sees every event of the server before the program does. Reports whether it brings a request that waits where requests are held. */
	sees(event: string | symbol, subject: unknown, other: unknown): boolean;
	/** Sees a request that was held when its turn has come. Reports whether the program may have it. */
	admits(event: string | symbol, subject: unknown, other: unknown): boolean;
	/** What is in flight on them. */
	inFlight(now: number): Omit<InFlight, "name">[];
	/** Resolves when clients whose requests are held have nothing on its way that a goodbye would cross, where a protocol can know. */
	quiet?(): Promise<void>;
	/** Says goodbye to each of them as soon as its protocol allows, and to those that come later. */
	leave(goodbyes: Goodbyes): Promise<void> | void;
	/** Ends those that have waited long enough. To be called right after a poll, while leaving. */
	sweep(lingerMs: number): Promise<void> | void;
	/** Ends those that it could never see, since they were there before it was. */
	endUnseen(): void;
	/**
	 * Ends them all, now, each by one call of `end`, which catches what the program's objects throw. `isHeld` returns true if a
	 * request was held, so that the program has not seen it.
	 */
	drop(isHeld: (request: unknown) => boolean, end: (destroy: () => void) => void): void;
}

/** How often to look for connections that have waited long enough. */
const SWEEP_EVERY_MS = 20;

/** Drains a server of connections, whatever they speak, so that no request is lost. */
export class ServerDrain implements Drainable, Gatekeeper {
	readonly name: string;
	readonly #server: Server;
	readonly #gate: Gate;
	readonly #connections: readonly Connections[];
	readonly #end: (ended: () => void) => void;
	#accepted = 0;
	#state: "running" | "emptying" | "leaving" | "closed" = "running";
	readonly #closed: Promise<void>;
	#whenClosed!: () => void;
	/** Whether there was a listener when draining began, so that the server's `close` comes. */
	#wasListening = false;
	#drained: Promise<void> | undefined;
	/** Resolves when the listener is closed and all connections know that they are to end. */
	#goodbye: Promise<void> | undefined;
	#hasSaidGoodbye = false;
	/** While connections linger. */
	#lingering: Promise<void> | undefined;
	#lingerMs = 0;

	/** @param end the server's own `close()`, whatever the program has made of it */
	constructor(name: string, server: Server, connections: readonly Connections[], end: (ended: () => void) => void) {
		this.name = name;
		this.#server = server;
		this.#connections = connections;
		this.#end = end;
		this.#closed = new Promise((resolve) => {
			this.#whenClosed = resolve;
		});
		this.#gate = new Gate(server, this);
	}

	inFlight(): InFlight[] {
		const now = performance.now();
		return this.#connections.flatMap((some) => some.inFlight(now).map((entry) => ({ name: this.name, ...entry })));
	}

	drain(how: DrainOptions): Promise<void> {
		this.#drained = this.#drain(how);
		return this.#drained;
	}

	async #drain(how: DrainOptions): Promise<void> {
		this.#goodbye ??= this.#sayGoodbye(how);
		await this.#goodbye;
		await this.#linger();
		if (this.#wasListening) await this.#closed;
	}

	hardStop(failed: (failure: Failure) => void): void {
		const end = (call: () => void): void => attempt(this.name, failed, call);
		// Not the server's own `close()`: it destroys connections too, and one that throws would leave it half closed.
		end(() => void (this.#server.listening && closeListenerOnly(this.#server)));
		for (const some of this.#connections) end(() => some.drop((request) => this.#gate.holds(request), end));
	}

	/**
	 * Not sooner: until all drains are over, another server may hand a connection over, which is to be told too. Nor before this
	 * one is over, which after a hard stop is later: the gate hears the server's `close`.
	 */
	release(): void {
		void Promise.allSettled([this.#drained, this.#lingering]).then(() => this.#gate.remove());
	}

	/** The order of these steps matters: ARCHITECTURE.md says what each other order loses. */
	async #sayGoodbye({ lingerMs, leftMs, goodbyes }: DrainOptions): Promise<void> {
		this.#lingerMs = lingerMs;
		this.#wasListening = this.#server.listening;
		// Everybody who was let in is seated before the door closes; no newcomer is served meanwhile, or they come again.
		if (this.#state === "running") this.#state = "emptying";
		this.#gate.hold();
		await Promise.all([
			goodbyes.behind(closeListener(this.#server, () => this.#accepted, leftMs)),
			...this.#connections.map((some) => some.quiet?.()),
		]);
		// The flag first, the sweep second: a handshake that completes later checks the flag.
		if (this.#state === "emptying") this.#state = "leaving";
		for (const some of this.#connections) await some.leave(goodbyes);
		this.#gate.batch();
		this.#hasSaidGoodbye = true;
	}

	/** @internal for the gate */
	sees(event: string | symbol, subject: unknown, other: unknown): boolean {
		if (event === "connection") this.#accepted++;
		let isRequest = false;
		for (const some of this.#connections) if (some.sees(event, subject, other)) isRequest = true;
		// Where the drain is over, another server has handed it over, and may be waiting for its end.
		if (this.#hasSaidGoodbye && this.#lingering === undefined) void this.#linger().catch(() => {});
		return isRequest;
	}

	/** @internal for the gate, which asks only once the server is leaving */
	admits(event: string | symbol, subject: unknown, other: unknown): boolean {
		return this.#connections.every((some) => some.admits(event, subject, other));
	}

	/** @internal for the gate */
	closed(): boolean {
		if (this.#state === "running" || this.#state === "closed") return true;
		// The listener was closed by `net`'s means; now that nothing is left, the server's own `close()` does what else
		// there is to do (http's clears an interval), and emits the one `close` that the program is to hear.
		this.#state = "closed";
		this.#end(() => this.#whenClosed());
		return false;
	}

	/** Resolves when no connection is left: the same wait for all that ask. */
	#linger(): Promise<void> {
		this.#lingering ??= this.#lingerOut(this.#lingerMs).finally(() => {
			this.#lingering = undefined;
		});
		return this.#lingering;
	}

	/** Lets idle connections wait for the request that may be on its way, then ends them, until none is left. */
	async #lingerOut(lingerMs: number): Promise<void> {
		const lingeredAt = performance.now() + lingerMs;
		// The server's `close` may come before that of its last socket.
		while ((this.#wasListening && this.#state !== "closed") || this.#connections.some(({ size }) => size > 0)) {
			// Right after a poll, so that what had arrived counts: a timer alone would end connections that are not idle.
			await nextPoll(Math.min(SWEEP_EVERY_MS, lingerMs));
			for (const some of this.#connections) await some.sweep(lingerMs);
			if (performance.now() < lingeredAt || this.#connections.some(({ size }) => size > 0)) continue;
			// Left are connections that were there before we were, and never asked anything since.
			for (const some of this.#connections) some.endUnseen();
		}
	}
}
