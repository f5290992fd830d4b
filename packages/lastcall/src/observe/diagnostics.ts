import { channel } from "node:diagnostics_channel";
import type { Observed, Observer, ServiceEvent } from "../core/events.ts";

/** What a subscriber of the diagnostics channel `lastcall` gets with each event, of every service in the process. */
export interface DiagnosticsMessage {
	readonly event: ServiceEvent;
	readonly service: Observed;
}

const events = channel("lastcall");

/** Publishes every event on the diagnostics channel `lastcall`, where anybody subscribes to it. */
export const publish: Observer = (event, service) => {
	if (events.hasSubscribers) events.publish({ event, service } satisfies DiagnosticsMessage);
};
