import type { Server as HttpServer } from "node:http";
import type { Server } from "node:net";
import type { Drainable, DrainOptions, InFlight } from "../core/drainable.ts";
import type { Goodbyes } from "../core/goodbyes.ts";
import { closeListener, nextPoll } from "./accept-queue.ts";
import { Gate, type Gatekeeper } from "./gate.ts";
import { keepIdleConnections } from "./keep-idle.ts";

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
	/** Ends them all, now. `isHeld` reports whether a request was held, so that the program has not seen it. */
	drop(isHeld: (request: unknown) => boolean): void;
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
	#whenClosed: (() => void) | undefined;
	#letIdleGo: (() => void) | undefined;

	/** @param end the server's own `close()`, whatever the program has made of it */
	constructor(name: string, server: Server, connections: readonly Connections[], end: (ended: () => void) => void) {
		this.name = name;
		this.#server = server;
		this.#connections = connections;
		this.#end = end;
		this.#gate = new Gate(server, this);
	}

	inFlight(): InFlight[] {
		const now = performance.now();
		return this.#connections.flatMap((some) => some.inFlight(now).map((entry) => ({ name: this.name, ...entry })));
	}

	stopping(): void {
		this.#letIdleGo ??= keepIdleConnections(this.#server as Server & Partial<HttpServer>);
	}

	/** The order of these steps matters: ARCHITECTURE.md says what each other order loses. */
	async drain({ lingerMs, leftMs, goodbyes, siblings }: DrainOptions): Promise<void> {
		const wasListening = this.#server.listening;
		// Served while lame duck.
		this.stopping();
		const closed = new Promise<void>((resolve) => {
			this.#whenClosed = resolve;
		});
		// Everybody who was let in is seated before the door closes; no newcomer is served meanwhile, or they come again.
		if (this.#state === "running") this.#state = "emptying";
		this.#gate.hold();
		await Promise.all([
			goodbyes.behind(closeListener(this.#server, () => this.#accepted, leftMs, siblings)),
			...this.#connections.map((some) => some.quiet?.()),
		]);
		// The flag first, the sweep second: a handshake that completes later checks the flag.
		if (this.#state === "emptying") this.#state = "leaving";
		for (const some of this.#connections) await some.leave(goodbyes);
		this.#gate.batch();
		await this.#lingerOut(lingerMs, wasListening);
		if (wasListening) await closed;
		this.#letIdleGo?.();
		this.#gate.remove();
	}

	hardStop(): void {
		if (this.#server.listening) this.#server.close();
		for (const some of this.#connections) some.drop((request) => this.#gate.holds(request));
	}

	/** @internal for the gate */
	sees(event: string | symbol, subject: unknown, other: unknown): boolean {
		if (event === "connection") this.#accepted++;
		let isRequest = false;
		for (const some of this.#connections) if (some.sees(event, subject, other)) isRequest = true;
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
		this.#end(() => this.#whenClosed?.());
		return false;
	}

	/** Lets idle connections wait for the request that may be on its way, then ends them, until none is left. */
	async #lingerOut(lingerMs: number, wasListening: boolean): Promise<void> {
		const lingeredAt = performance.now() + lingerMs;
		// The server's `close` may come before that of its last socket.
		while ((wasListening && this.#state !== "closed") || this.#connections.some(({ size }) => size > 0)) {
			// Right after a poll, so that what had arrived counts: a timer alone would end connections that are not idle.
			await nextPoll(Math.min(SWEEP_EVERY_MS, lingerMs));
			for (const some of this.#connections) await some.sweep(lingerMs);
			if (performance.now() < lingeredAt || this.#connections.some(({ size }) => size > 0)) continue;
			// Left are connections that were there before we were, and never asked anything since.
			for (const some of this.#connections) some.endUnseen();
		}
	}
}
