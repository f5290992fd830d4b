import { type Linked, LinkedList } from "../../core/linked-list.ts";
import type { DrainPlan } from "./drain-plan.ts";
import type { RequestInFlight } from "./request-name.ts";

/** How long the handler of a request is waited for after its client has gone. */
const ABANDONED_MS = 5_000;

/** A response whose handler goes on without a client. */
export interface AbandonedResponse {
	/** True if its handler has ended it. */
	readonly writableEnded: boolean;
}

interface Abandoned extends Linked<Abandoned> {
	readonly named: RequestInFlight;
	readonly goneAt: number;
	/** Weak: a handler that goes on holds its response. One that no longer holds it will not end it any more. */
	readonly response: WeakRef<AbandonedResponse>;
}

/**
 * The requests of one server whose client has gone, and whose handler may be in the middle of its work. They are in flight
 * until the response is ended, and for 5 s at most, since a handler may never do that. There is no timer: the set is only
 * cleared when something is added or looked up.
 */
export class AbandonedRequests {
	/** In the order in which their clients went. */
	readonly #all = new LinkedList<Abandoned>();
	#plan: DrainPlan | undefined;
	#isHeld: (request: object) => boolean = () => false;
	readonly #refused = new WeakSet<object>();
	#isStopped = false;

	/** How many are waited for. */
	get size(): number {
		return this.#all.size;
	}

	/**
	 * Adds a request whose client has just gone.
	 * @param request what the server handed over: one that is still held has no handler
	 */
	add(request: object, response: AbandonedResponse, named: RequestInFlight): void {
		const now = performance.now();
		// Only the oldest ones: a look at all of them would make each addition as expensive as there are many.
		for (const one of this.#all) if (!this.#forgetIfOver(one, now)) break;
		if (this.#isStopped || response.writableEnded || this.#isHeld(request) || this.#refused.has(request)) return;
		this.#all.add({ named, goneAt: now, response: new WeakRef(response) });
	}

	inFlight(now: number): RequestInFlight[] {
		this.clear(now);
		return [...this.#all].map(({ named }) => ({ ...named, hasClientGone: true }));
	}

	/** From now on, each request that is no longer waited for is reported. */
	beginDrain(plan: DrainPlan, isHeld: (request: object) => boolean): void {
		this.clear(performance.now());
		this.#plan = plan;
		this.#isHeld = isHeld;
	}

	/** The program never gets this request. Its connection may be about to close. */
	refuse(request: object): void {
		this.#refused.add(request);
	}

	/** Forgets those that have ended, and those that were waited for long enough. */
	clear(now: number): void {
		for (const one of this.#all) this.#forgetIfOver(one, now);
	}

	#forgetIfOver(one: Abandoned, now: number): boolean {
		const isEnded = one.response.deref()?.writableEnded ?? true;
		const lastMomentAt = this.#plan?.lastMomentAt ?? Number.POSITIVE_INFINITY;
		if (!isEnded && now - one.goneAt < ABANDONED_MS && now < lastMomentAt) return false;
		this.#all.delete(one);
		if (!isEnded) this.#plan?.endedEarly(one.named, "client-gone");
		return true;
	}

	/** Waits for none of them, nor for those that are added later. */
	stop(): void {
		this.#isStopped = true;
		for (const one of this.#all) this.#all.delete(one);
	}
}
