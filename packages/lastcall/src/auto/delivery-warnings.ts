import type { Warning } from "../core/warning.ts";

/** The program gets its signals before everything is drained. */
export function earlyDelivery(signals: readonly string[], inFlight: number): Warning {
	const message =
		`the drain is not over, with ${inFlight} in flight, and the program's own listeners get ${signals.join(" and ")} now, ` +
		"so that they have time; what is in flight goes on until the deadline";
	return { code: "early-delivery", message };
}

/** The program has not ended after it got its signals. */
export function notEnded(signals: readonly string[]): Warning {
	const message =
		`the program has not ended by itself within the grace period, after its listeners got ${signals.join(" and ")}; ` +
		"lastcall does not end it";
	return { code: "not-ended", message };
}
