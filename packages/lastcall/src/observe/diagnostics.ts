import { channel } from "node:diagnostics_channel";
import type { Observed, Observer, ServiceEvent } from "../core/events.ts";

/**
 * The message of the diagnostics channel `lastcall`. It is published for each event of every service in the process.
 * @example
 * ```ts
 * import { subscribe } from "node:diagnostics_channel";
 * import type { DiagnosticsMessage } from "lastcall";
 *
 * subscribe("lastcall", (message) => {
 * 	const { event, service } = message as DiagnosticsMessage;
 * 	if (event.type === "closed") console.log(`${service.name}: ${event.report.durationMs} ms`);
 * });
 * ```
 */
export interface DiagnosticsMessage {
	/** What has happened. */
	readonly event: ServiceEvent;
	/** The service that it happened in: the same object for all its events. */
	readonly service: Observed;
}

const CHANNEL = channel("lastcall");

/** Publishes every event on the diagnostics channel `lastcall`, if it has subscribers. */
export const publish: Observer = (event, service) => {
	if (CHANNEL.hasSubscribers) CHANNEL.publish({ event, service } satisfies DiagnosticsMessage);
};
