import type { ShutdownReport } from "lastcall";
import type { Observed } from "#src/core/events.js";
import type { Snapshot } from "#src/core/snapshot.js";
import { SIGTERM } from "../support/stop-reasons.ts";

/** The report of a shutdown in which nothing happened. */
export const CLEAN: ShutdownReport = {
	reason: SIGTERM,
	ok: true,
	exitCode: 0,
	durationMs: 350,
	phases: [],
	hardStop: undefined,
	left: [],
	endedEarly: [],
	closers: [],
	errors: [],
};

/** The rest of a `draining` event without idle connections. */
export const NONE_IDLE = { idleConnections: 0, lingerMs: 900 };

/** A service that is draining. */
export const DRAINING: Snapshot = {
	phase: "draining",
	ready: false,
	started: true,
	reason: SIGTERM,
	leftMs: 7_200,
	inFlight: [
		{ name: "http", what: "GET /orders/7", ageMs: 12_340 },
		{ name: "outbox", what: "task", ageMs: 40 },
	],
};

/** A running service, as observers see it. */
export class Shop implements Observed {
	readonly name = "shop";
	now: Snapshot = DRAINING;

	snapshot(): Snapshot {
		return this.now;
	}
}
