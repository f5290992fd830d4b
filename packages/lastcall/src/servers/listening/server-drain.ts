import type { Server } from "node:net";
import { attempt } from "../../core/attempt.ts";
import type { Drainable, DrainOptions, InFlight } from "../../core/drainable.ts";
import type { Failure } from "../../core/stop-reason.ts";
import type { Warning } from "../../core/warning.ts";
import type { AbandonedRequests } from "./abandoned-requests.ts";
import { AcceptQueue, type QueueOwner } from "./accept-queue.ts";
import { AllConnections } from "./all-connections.ts";
import { Arrivals } from "./arrivals.ts";
import { CloseGuard } from "./close-guard.ts";
import { closeListenerOnly } from "./close-listener.ts";
import { ConnectionSweep } from "./connection-sweep.ts";
import { type DrainPlan, planDrain } from "./drain-plan.ts";
import { Gate, type Gatekeeper } from "./gate.ts";
import type { HowDrained } from "./how-drained.ts";
import type { ProtocolConnections } from "./protocol-connections.ts";
import { rememberSocketFile } from "./socket-file.ts";

/** What a kind of server consists of. */
export interface ServerParts extends HowDrained {
	readonly connections: readonly ProtocolConnections[];
	readonly abandoned: AbandonedRequests;
	/** Does all that has to be done for an event `request` of a running service. Returns false if it could not. */
	readonly note?: (request: never, response: never) => boolean;
	/** Node.js's own `close()` for this kind of server. */
	readonly close: Server["close"];
	/** Ends the server by that `close()`, whatever the program has put in its place. */
	readonly end: (ended: () => void) => void;
}

/** Drains a server of connections, whatever their protocol, so that no request is lost. */
export class ServerDrain implements Drainable, Gatekeeper, QueueOwner {
	readonly name: string;
	readonly #server: Server;
	readonly #parts: ServerParts;
	readonly #connections: AllConnections;
	readonly #gate: Gate;
	readonly #queue: AcceptQueue;
	readonly #sweep: ConnectionSweep;
	/** True if it has listened, or has had a request of another server's connection. */
	#isUsed = false;
	/** @internal for the accept queue */
	readonly arrivals: Arrivals = new Arrivals();
	#state: "running" | "emptying" | "draining" | "closed" = "running";
	readonly #closed: Promise<void>;
	#whenClosed!: () => void;
	/** True if there was a listener when draining began, so that the server will emit `close`. */
	#wasListening = false;
	#drained: Promise<void> | undefined;
	/** Resolves when the listener is closed and all connections are being closed. */
	#begun: Promise<DrainPlan> | undefined;
	/** Set by then. */
	#plan: DrainPlan | undefined;
	#guard: CloseGuard | undefined;
	#isCut = false;

	constructor(name: string, server: Server, parts: ServerParts) {
		this.name = name;
		this.#server = server;
		this.#parts = parts;
		this.#connections = new AllConnections(parts.connections, parts.abandoned);
		this.#closed = new Promise((resolve) => {
			this.#whenClosed = resolve;
		});
		this.#gate = new Gate(server, this, parts.note);
		this.#queue = new AcceptQueue(server, this);
		const isServerOpen = (): boolean => this.#wasListening && this.#state !== "closed";
		this.#sweep = new ConnectionSweep(this.#connections, this.#gate, isServerOpen, this.#closed);
		if (server.listening) this.#listens();
	}

	inFlight(): InFlight[] {
		const now = performance.now();
		const all = this.#connections.inFlight(now);
		return all.map((one) => ({ name: this.name, what: this.#parts.nameRequest(one), ageMs: now - one.startedAt }));
	}

	idleConnections(): number {
		return this.#connections.idle;
	}

	isAtRest(): boolean {
		return !this.#server.listening && !this.#connections.isBusy;
	}

	isUnused(): boolean {
		return !this.#isUsed && this.arrivals.count === 0;
	}

	stopping(warn: (warning: Warning) => void): void {
		const isBeingClosed = (): boolean => {
			if (this.#state === "closed") return false;
			return this.#server.listening ? !this.#isCut : this.#wasListening;
		};
		const isCut = (): boolean => this.#isCut;
		const { close } = this.#parts;
		this.#guard = new CloseGuard({ name: this.name, server: this.#server, close, isBeingClosed, isCut }, warn);
	}

	drain(how: DrainOptions): Promise<void> {
		this.#drained = this.#drain(how);
		return this.#drained;
	}

	async #drain(how: DrainOptions): Promise<void> {
		this.#begun ??= this.#begin(how);
		await this.#sweep.run(await this.#begun);
		if (this.#wasListening) await this.#closed;
	}

	/** The order of these steps matters: docs/internals/connections.md says what each other order loses. */
	async #begin(how: DrainOptions): Promise<DrainPlan> {
		const plan = planDrain(this.name, this.#parts.nameRequest, how);
		this.#wasListening = this.#server.listening;
		// Accept every queued connection before closing the listener. Hold their requests meanwhile: a client that gets its
		// response would connect again and refill the queue.
		if (this.#state === "running") this.#state = "emptying";
		this.#connections.hold(plan, (request) => this.#gate.holds(request));
		this.#gate.hold();
		await how.spread.trackListener(this.#queue.close(how.leftMs, how.siblings));
		// First the state, then the connections: a TLS handshake that is done later checks the state.
		if (this.#state === "emptying") this.#state = "draining";
		await this.#connections.beginDrain(plan);
		this.#gate.batch();
		this.#plan = plan;
		return plan;
	}

	cut(failed: (failure: Failure) => void): void {
		this.#isCut = true;
		this.#sweep.endSoon();
		const end = (call: () => void): void => attempt(this.name, failed, call);
		// Not the server's own `close()`: it destroys connections too, and one that throws would leave the server half closed.
		end(() => void (this.#server.listening && closeListenerOnly(this.#server)));
		this.#connections.cut((request) => this.#gate.holds(request), end);
	}

	/**
	 * Not before all drains are over: until then, another server may hand a connection over, which has to be drained too. Nor
	 * before this drain is over, which after a hard stop is later: the gate waits for the server's `close`. At once if it has not begun:
	 * another service takes the server over.
	 */
	release(): void {
		const release = (): void => {
			this.#guard?.release();
			this.#gate.remove();
		};
		if (this.#drained === undefined) release();
		else void Promise.allSettled([this.#drained, this.#sweep.ended()]).then(release);
	}

	#listens(): void {
		this.#isUsed = true;
		this.arrivals.listens(this.#server);
		rememberSocketFile(this.#server);
		this.#parts.listens(this.#server);
	}

	/** @internal for the accept queue */
	holdAll(): void {
		this.#connections.holdAll();
	}

	/** @internal for the gate */
	sees(event: string | symbol, subject: unknown, other: unknown): boolean {
		if (event === "connection") this.arrivals.add(subject);
		if (event === "listening") this.#listens();
		// In a slow turn, the rest of its requests is held already: one connection is accepted meanwhile, however many requests are
		// served.
		if (this.#state === "emptying" && this.#queue.isLate()) this.holdAll();
		const isRequest = this.#connections.sees(event, subject, other);
		if (isRequest) this.#isUsed = true;
		// After the drain: another server has handed the connection over, and may be waiting for its end.
		if (this.#plan !== undefined) void this.#sweep.run(this.#plan).catch(() => {});
		return isRequest;
	}

	/** @internal for the gate, which calls it only while draining */
	admits(event: string | symbol, subject: unknown, other: unknown): boolean {
		return this.#connections.admits(event, subject, other);
	}

	/** @internal for the gate */
	waits(event: string | symbol, subject: unknown): boolean {
		return this.#connections.waits(event, subject);
	}

	/** @internal for the gate */
	allowsClose(): boolean {
		if (this.#state === "running" || this.#state === "closed") return true;
		// The listener was closed by the `close()` of `net`. Now that no connection is left, the server's own `close()` does the
		// rest (http's clears an interval) and emits the one `close` that the program should get.
		this.#state = "closed";
		this.#parts.end(() => {
			if (this.#wasListening) this.#guard?.closed();
			this.#whenClosed();
		});
		return false;
	}
}
