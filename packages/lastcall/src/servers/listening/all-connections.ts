import type { AbandonedRequests } from "./abandoned-requests.ts";
import type { DrainPlan } from "./drain-plan.ts";
import type { ProtocolConnections } from "./protocol-connections.ts";
import type { RequestInFlight } from "./request-name.ts";

/** The connections of one server in all of its protocols, and the requests whose connection is gone. */
export class AllConnections {
	readonly #parts: readonly ProtocolConnections[];
	readonly #abandoned: AbandonedRequests;

	constructor(parts: readonly ProtocolConnections[], abandoned: AbandonedRequests) {
		this.#parts = parts;
		this.#abandoned = abandoned;
	}

	/** Returns true if there is a connection. */
	get isAny(): boolean {
		return this.#parts.some(({ isAny }) => isAny);
	}

	/** Returns true if there is a connection, or a request whose client has gone. */
	get isBusy(): boolean {
		this.#abandoned.clear(performance.now());
		return this.#abandoned.size > 0 || this.isAny;
	}

	/** How many have nothing in flight. */
	get idle(): number {
		return this.#parts.reduce((sum, part) => sum + part.idle, 0);
	}

	inFlight(now: number): RequestInFlight[] {
		return [...this.#parts.flatMap((part) => part.inFlight?.() ?? []), ...this.#abandoned.inFlight(now)];
	}

	sees(event: string | symbol, subject: unknown, other: unknown): boolean {
		let isRequest = false;
		for (const part of this.#parts) if (part.sees(event, subject, other)) isRequest = true;
		return isRequest;
	}

	admits(event: string | symbol, subject: unknown, other: unknown): boolean {
		const isAdmitted = this.#parts.every((part) => part.admits?.(event, subject, other) ?? true);
		if (!isAdmitted) this.#abandoned.refuse(subject as object);
		return isAdmitted;
	}

	waits(event: string | symbol, subject: unknown): boolean {
		return this.#parts.some((part) => part.waits?.(event, subject));
	}

	/** Requests are held from now on. A held request whose client goes is not waited for. */
	hold(plan: DrainPlan, isHeld: (request: unknown) => boolean): void {
		this.#abandoned.beginDrain(plan, isHeld);
		for (const part of this.#parts) part.hold?.();
	}

	holdAll(): void {
		for (const part of this.#parts) part.holdAll?.();
	}

	async beginDrain(plan: DrainPlan): Promise<void> {
		for (const part of this.#parts) await part.beginDrain(plan);
	}

	/** Returns when to call it next, as `performance.now()` counts. */
	async sweep(plan: DrainPlan, polledAt: number): Promise<number> {
		let nextAt = Number.POSITIVE_INFINITY;
		for (const part of this.#parts) nextAt = Math.min(nextAt, await part.sweep(plan, polledAt));
		return nextAt;
	}

	endUnseen(): void {
		for (const part of this.#parts) part.endUnseen?.();
	}

	cut(isHeld: (request: unknown) => boolean, end: (destroy: () => void) => void): void {
		this.#abandoned.stop();
		for (const part of this.#parts) end(() => part.cut(isHeld, end));
	}
}
