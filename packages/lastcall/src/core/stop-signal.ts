import type { StopReason } from "./stop-reason.ts";

/** A signal as a stop reason. */
export type SignalReason = Extract<StopReason, { kind: "signal" }>;

/** What a signal does to a service. */
export type SignalEffect =
	/** It is the first stop reason: the shutdown begins. */
	| "stop"
	/** It is part of the same stop: nothing. */
	| "same"
	/** A person hurries: a hard stop. */
	| "hard-stop"
	/** A platform repeats itself: the log says so, and nothing else changes. */
	| "repeated";

/**
 * A signal that comes this soon after the stop reason is part of it. Under `npm run` a terminal's Ctrl+C arrives twice
 * within a millisecond, and nodemon sends three signals within 35 ms. A person who has read "shutting down" does not
 * press Ctrl+C again that fast.
 */
export const SAME_STOP_MS = 200;

/**
 * The keys of a person at a terminal: Ctrl+C, and Ctrl+Break on Windows. Platforms repeat SIGTERM (Heroku and Knative do,
 * and systemd when a parent passes it on to its children), and mean nothing new by it.
 */
const PRESSED: readonly string[] = ["SIGINT", "SIGBREAK"];

/** @param elapsedMs milliseconds since the stop reason, or `undefined` where there has been none */
export function effectOf({ signal }: SignalReason, elapsedMs: number | undefined): SignalEffect {
	if (elapsedMs === undefined) return "stop";
	if (elapsedMs < SAME_STOP_MS) return "same";
	return PRESSED.includes(signal) ? "hard-stop" : "repeated";
}
