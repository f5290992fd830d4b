import type { StopReason } from "./stop-reason.ts";

/** The signals that ask a program to stop. SIGBREAK is Ctrl+Break on Windows; other platforms do not have it. */
export const STOP_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"] as const;

/**
 * A signal that arrives this soon after the stop reason is part of the same stop, in milliseconds. A terminal's Ctrl+C
 * under `npm run` arrives twice within a millisecond. nodemon forwards it twice more, each time after it has run `ps`: up to
 * 414 ms later on a busy machine. A person who has read "shutting down" needs longer to press Ctrl+C again.
 */
export const SAME_STOP_MS = 500;

/**
 * The signals that a person sends from a terminal: Ctrl+C, and Ctrl+Break on Windows. SIGTERM is not one of them: platforms
 * repeat it without asking for more haste (Heroku and Knative do, and so does systemd when a parent forwards it to its
 * children).
 */
const KEYBOARD_SIGNALS: readonly string[] = ["SIGINT", "SIGBREAK"];

/** A signal as a stop reason. */
export type SignalReason = Extract<StopReason, { kind: "signal" }>;

/**
 * What a signal does to a service:
 *
 * | signal | effect |
 * | --- | --- |
 * | the first SIGINT, SIGTERM, SIGHUP, SIGBREAK or one of `extraStopSignals`, if nothing else has begun the shutdown | `stop` |
 * | any signal within 500 ms of the stop reason | `same` |
 * | a later SIGINT or SIGBREAK | `hard-stop` |
 * | a later SIGTERM or SIGHUP, or one of `extraStopSignals` | `repeated` |
 * | SIGINT or SIGBREAK after everything is closed | `hard-stop`: `run` ends the process at once |
 */
export type SignalEffect =
	/** The signal is the stop reason: the shutdown begins. */
	| "stop"
	/** The signal is part of the stop that has just begun: nothing happens. */
	| "same"
	/** A person is in a hurry: hard stop. */
	| "hard-stop"
	/** A platform repeats itself: the log mentions it, nothing else changes. */
	| "repeated";

/** @param elapsedMs milliseconds since the stop reason, or `undefined` if there has been none */
export function decideSignalEffect({ signal }: SignalReason, elapsedMs: number | undefined): SignalEffect {
	if (elapsedMs === undefined) return "stop";
	if (elapsedMs < SAME_STOP_MS) return "same";
	return KEYBOARD_SIGNALS.includes(signal) ? "hard-stop" : "repeated";
}
