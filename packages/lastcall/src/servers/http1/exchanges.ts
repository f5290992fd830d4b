import type { ServerResponse } from "node:http";
import type { EndedEarlyReason } from "../../core/drainable.ts";
import { LinkedList } from "../../core/linked-list.ts";
import type { DrainPlan } from "../listening/drain-plan.ts";
import { LOOK_EVERY_MS, LOOK_RARELY_MS } from "../listening/visit-due.ts";
import { endEventStream } from "../responses/event-stream.ts";
import { type Exchange, toRequestInFlight } from "./exchange.ts";

/** The requests in flight on one connection, oldest first. */
export class Exchanges extends LinkedList<Exchange> {
	/** When to call `endEventStreams` next, as `performance.now()` counts. */
	dueAt: number = 0;

	/**
	 * Ends the event streams whose time has come.
	 * @param drainsAt when clients that reconnect by themselves may do that, as `performance.now()` counts
	 * @param ended is called with each response that was ended
	 */
	endEventStreams(plan: DrainPlan, drainsAt: number, ended: (response: ServerResponse) => void): void {
		const now = performance.now();
		const [isDue, isLast] = [now >= drainsAt, now >= plan.lastMomentAt];
		let dueAt = now + (isLast ? LOOK_EVERY_MS : LOOK_RARELY_MS);
		if (!isDue) dueAt = Math.min(dueAt, drainsAt);
		if (!isLast) dueAt = Math.min(dueAt, plan.lastMomentAt);
		for (const exchange of this) {
			const { request, response } = exchange;
			const { method, headers } = request;
			const wasEnded = (why: EndedEarlyReason): void => {
				ended(response);
				plan.endedEarly(toRequestInFlight(exchange), why);
			};
			const nextAt = endEventStream({ method, headers, response }, { plan, isDue, isLast, ended: wasEnded });
			dueAt = Math.min(dueAt, nextAt);
		}
		this.dueAt = dueAt;
	}
}
