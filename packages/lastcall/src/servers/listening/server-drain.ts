import type { Server } from "node:net";
import { attempt } from "../../core/attempt.ts";
import type { Drainable, DrainOptions, InFlight } from "../../core/drainable.ts";
import type { Failure } from "../../core/stop-reason.ts";
import type { Warning } from "../../core/warning.ts";
import type { AbandonedRequests } from "./abandoned-requests.ts";
import { AcceptQueue, nextPoll, type QueueOwner } from "./accept-queue.ts";
import { AllConnections } from "./all-connections.ts";
import { Gate, type Gatekeeper } from "./gate.ts";
import { type Leaving, leavingOf } from "./leaving.ts";
import { closeListenerOnly } from "./listener.ts";
import { guardCloses } from "./program-closes.ts";
import type { ProtocolConnections } from "./protocol-connections.ts";
import type { NameRequest } from "./request-name.ts";
import { rememberSocketFile } from "./socket-file.ts";

/** What is said of a server besides its name. */
export interface ServerParts {
	readonly connections: readonly ProtocolConnections[];
	readonly abandoned: AbandonedRequests;
	readonly nameRequest: NameRequest;
	/** Node.js's `close()` for this kind of server. */
	readonly close: Server["close"];
	/** Ends it by that, whatever the program has made of it. */
	readonly end: (ended: () => void) => void;
}

/** How often to look for connections that have waited long enough. */
const SWEEP_EVERY_MS = 20;

/** Drains a server of connections, whatever they speak, so that no request is lost. */
export class ServerDrain implements Drainable, Gatekeeper, QueueOwner {
	readonly name: string;
	readonly #server: Server;
	readonly #gate: Gate;
	readonly #queue: AcceptQueue;
	readonly #connections: AllConnections;
	readonly #nameRequest: NameRequest;
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
	readonly #close: Server["close"];
	#unguard: (() => void) | undefined;
	#isHardStopped = false;

	constructor(name: string, server: Server, { connections, abandoned, nameRequest, close, end }: ServerParts) {
		this.name = name;
		this.#server = server;
		this.#connections = new AllConnections(connections, abandoned);
		this.#nameRequest = nameRequest;
		this.#close = close;
		this.#end = end;
		this.#closed = new Promise((resolve) => {
			this.#whenClosed = resolve;
		});
		this.#gate = new Gate(server, this);
		this.#queue = new AcceptQueue(server, this);
		rememberSocketFile(server);
	}

	inFlight(): InFlight[] {
		const now = performance.now();
		const all = this.#connections.inFlight(now);
		return all.map((one) => ({ name: this.name, what: this.#nameRequest(one), ageMs: now - one.startedAt }));
	}

	isAtRest(): boolean {
		return !this.#server.listening && !this.#connections.isBusy;
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

	cut(failed: (failure: Failure) => void): void {
		this.#isHardStopped = true;
		const end = (call: () => void): void => attempt(this.name, failed, call);
		// Not the server's own `close()`: it destroys connections too, and one that throws would leave it half closed.
		end(() => void (this.#server.listening && closeListenerOnly(this.#server)));
		this.#connections.drop((request) => this.#gate.holds(request), end);
	}

	/**
	 * Not sooner: until all drains are over, another server may hand a connection over, which is to be told too. Nor before this
	 * one is over, which after a hard stop is later: the gate hears the server's `close`.
	 */
	release(): void {
		void Promise.allSettled([this.#drained, this.#lingering]).then(() => {
			this.#unguard?.();
			this.#gate.remove();
		});
	}

	stopping(warn: (warning: Warning) => void): void {
		const isBeingClosed = (): boolean => {
			if (this.#isHardStopped || this.#state === "closed") return false;
			return this.#server.listening || this.#wasListening;
		};
		this.#unguard = guardCloses({ name: this.name, server: this.#server, close: this.#close, isBeingClosed }, warn);
	}

	/** The order of these steps matters: ARCHITECTURE.md says what each other order loses. */
	async #sayGoodbye(how: DrainOptions): Promise<Leaving> {
		const leaving = leavingOf(this.name, this.#nameRequest, how);
		this.#wasListening = this.#server.listening;
		// Accept every queued connection before closing the listener. Hold their requests meanwhile: a client that gets its
		// response would connect again and refill the queue.
		if (this.#state === "running") this.#state = "emptying";
		this.#connections.hold(leaving, (request) => this.#gate.holds(request));
		this.#gate.hold();
		await how.goodbyes.behind(this.#queue.close(how.leftMs, how.siblings));
		// The flag first, the sweep second: a handshake that completes later checks the flag.
		if (this.#state === "emptying") this.#state = "leaving";
		await this.#connections.leave(leaving);
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
		this.#connections.holdAll();
	}

	/** @internal for the gate */
	sees(event: string | symbol, subject: unknown, other: unknown): boolean {
		if (event === "connection") this.#accepted++;
		if (event === "listening") rememberSocketFile(this.#server);
		// The rest of a slow turn's requests wait already: one connection is accepted meanwhile, however many are served.
		if (this.#state === "emptying" && this.#queue.isLate()) this.holdAll();
		const isRequest = this.#connections.sees(event, subject, other);
		// Where the drain is over, another server has handed it over, and may be waiting for its end.
		if (this.#leaving !== undefined) void this.#linger(this.#leaving).catch(() => {});
		return isRequest;
	}

	/** @internal for the gate, which asks only once the server is leaving */
	admits(event: string | symbol, subject: unknown, other: unknown): boolean {
		return this.#connections.admits(event, subject, other);
	}

	/** @internal for the gate */
	waits(event: string | symbol, subject: unknown): boolean {
		return this.#connections.waits(event, subject);
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
		while ((this.#wasListening && this.#state !== "closed") || this.#connections.isBusy) {
			// Right after a poll, so that what had arrived counts: a timer alone would end connections that are not idle.
			const polledAt = await nextPoll(Math.min(SWEEP_EVERY_MS, lingerMs));
			await this.#connections.sweep(leaving, polledAt);
			this.#gate.release();
			if (polledAt < lingeredAt || this.#connections.isAny) continue;
			// Left are connections that were there before we were, and never asked anything since.
			this.#connections.endUnseen();
		}
	}
}
