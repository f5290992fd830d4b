import type { Server as HttpServer } from "node:http";
import type { Server } from "node:net";
import { attempt } from "../core/attempt.ts";
import type { Drainable, DrainOptions, InFlight } from "../core/drainable.ts";
import type { Failure } from "../core/stop-reason.ts";
import type { AbandonedRequests } from "./abandoned-requests.ts";
import { closeListener, nextPoll, type QueueOwner } from "./accept-queue.ts";
import type { Connections } from "./connections.ts";
import { Gate, type Gatekeeper } from "./gate.ts";
import { keepIdleConnections } from "./keep-idle.ts";
import { type Leaving, leavingOf } from "./leaving.ts";
import { closeListenerOnly } from "./listener.ts";
import { rememberSocketFile } from "./socket-file.ts";

/** What is said of a server besides its name. */
export interface ServerParts {
	readonly connections: readonly Connections[];
	readonly abandoned: AbandonedRequests;
	/** The server's own `close()`, whatever the program has made of it. */
	readonly end: (ended: () => void) => void;
}

/** How often to look for connections that have waited long enough. */
const SWEEP_EVERY_MS = 20;

/** Drains a server of connections, whatever they speak, so that no request is lost. */
export class ServerDrain implements Drainable, Gatekeeper, QueueOwner {
	readonly name: string;
	readonly #server: Server;
	readonly #gate: Gate;
	readonly #connections: readonly Connections[];
	readonly #abandoned: AbandonedRequests;
	readonly #end: (ended: () => void) => void;
	#accepted = 0;
	#state: "running" | "emptying" | "leaving" | "closed" = "running";
	readonly #closed: Promise<void>;
	#whenClosed!: () => void;
	/** Whether there was a listener when draining began, so that the server's `close` comes. */
	#wasListening = false;
	#drained: Promise<void> | undefined;
	/** Resolves when the listener is closed and all connections know that they are to end. */
	#goodbye: Promise<Leaving> | undefined;
	/** Set once they know it. */
	#leaving: Leaving | undefined;
	/** While connections linger. */
	#lingering: Promise<void> | undefined;
	#letIdleGo: (() => void) | undefined;

	constructor(name: string, server: Server, { connections, abandoned, end }: ServerParts) {
		this.name = name;
		this.#server = server;
		this.#connections = connections;
		this.#abandoned = abandoned;
		this.#end = end;
		this.#closed = new Promise((resolve) => {
			this.#whenClosed = resolve;
		});
		this.#gate = new Gate(server, this);
		rememberSocketFile(server);
	}

	inFlight(): InFlight[] {
		const now = performance.now();
		const all = [...this.#connections, this.#abandoned].flatMap((some) => some.inFlight(now));
		return all.map((entry) => ({ name: this.name, ...entry }));
	}

	drain(how: DrainOptions): Promise<void> {
		this.#drained = this.#drain(how);
		return this.#drained;
	}

	async #drain(how: DrainOptions): Promise<void> {
		this.#goodbye ??= this.#sayGoodbye(how);
		await this.#linger(await this.#goodbye);
		if (this.#wasListening) await this.#closed;
	}

	hardStop(failed: (failure: Failure) => void): void {
		const end = (call: () => void): void => attempt(this.name, failed, call);
		// Not the server's own `close()`: it destroys connections too, and one that throws would leave it half closed.
		end(() => void (this.#server.listening && closeListenerOnly(this.#server)));
		this.#abandoned.stop();
		for (const some of this.#connections) end(() => some.drop((request) => this.#gate.holds(request), end));
	}

	/**
	 * Not sooner: until all drains are over, another server may hand a connection over, which is to be told too. Nor before this
	 * one is over, which after a hard stop is later: the gate hears the server's `close`.
	 */
	release(): void {
		void Promise.allSettled([this.#drained, this.#lingering]).then(() => {
			this.#letIdleGo?.();
			this.#gate.remove();
		});
	}

	stopping(): void {
		this.#letIdleGo ??= keepIdleConnections(this.#server as Server & Partial<HttpServer>);
	}

	/** The order of these steps matters: ARCHITECTURE.md says what each other order loses. */
	async #sayGoodbye(how: DrainOptions): Promise<Leaving> {
		const leaving = leavingOf(this.name, how);
		// Served while lame duck.
		this.stopping();
		this.#wasListening = this.#server.listening;
		this.#abandoned.drain(leaving, (request) => this.#gate.holds(request));
		// Accept every queued connection before closing the listener. Hold their requests meanwhile: a client that gets its
		// response would connect again and refill the queue.
		if (this.#state === "running") this.#state = "emptying";
		this.#gate.hold();
		await how.goodbyes.behind(closeListener(this.#server, this, how.leftMs, how.siblings));
		// The flag first, the sweep second: a handshake that completes later checks the flag.
		if (this.#state === "emptying") this.#state = "leaving";
		for (const some of this.#connections) await some.leave(leaving);
		this.#gate.batch();
		this.#leaving = leaving;
		return leaving;
	}

	/** @internal for the accept queue */
	accepted(): number {
		return this.#accepted;
	}

	/** @internal for the accept queue */
	holdAll(): void {
		for (const some of this.#connections) some.holdAll?.();
	}

	/** @internal for the gate */
	sees(event: string | symbol, subject: unknown, other: unknown): boolean {
		if (event === "connection") this.#accepted++;
		if (event === "listening") rememberSocketFile(this.#server);
		let isRequest = false;
		for (const some of this.#connections) if (some.sees(event, subject, other)) isRequest = true;
		// Where the drain is over, another server has handed it over, and may be waiting for its end.
		if (this.#leaving !== undefined) void this.#linger(this.#leaving).catch(() => {});
		return isRequest;
	}

	/** @internal for the gate, which asks only once the server is leaving */
	admits(event: string | symbol, subject: unknown, other: unknown): boolean {
		const isAdmitted = this.#connections.every((some) => some.admits(event, subject, other));
		if (!isAdmitted) this.#abandoned.refuse(subject as object);
		return isAdmitted;
	}

	/** @internal for the gate */
	waits(event: string | symbol, subject: unknown): boolean {
		return this.#connections.some((some) => some.waits?.(event, subject));
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
	#linger(leaving: Leaving): Promise<void> {
		this.#lingering ??= this.#lingerOut(leaving).finally(() => {
			this.#lingering = undefined;
		});
		return this.#lingering;
	}

	/**
	 * Lets idle connections wait for the request that may be on its way, then ends them, until none is left. Requests whose
	 * client has gone have no connection, and are waited for all the same.
	 */
	async #lingerOut(leaving: Leaving): Promise<void> {
		const { lingerMs } = leaving;
		const lingeredAt = performance.now() + lingerMs;
		// The server's `close` may come before that of its last socket.
		while ((this.#wasListening && this.#state !== "closed") || this.#isBusy()) {
			// Right after a poll, so that what had arrived counts: a timer alone would end connections that are not idle.
			await nextPoll(Math.min(SWEEP_EVERY_MS, lingerMs));
			for (const some of this.#connections) await some.sweep(leaving);
			this.#gate.release();
			this.#abandoned.clear(performance.now());
			if (performance.now() < lingeredAt || this.#connections.some(({ size }) => size > 0)) continue;
			// Left are connections that were there before we were, and never asked anything since.
			for (const some of this.#connections) some.endUnseen();
		}
	}

	#isBusy(): boolean {
		return this.#abandoned.size > 0 || this.#connections.some(({ size }) => size > 0);
	}
}
