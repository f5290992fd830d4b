import type { Warning } from "../core/warning.ts";

/** A listener of the program, in words. */
export interface NamedListener {
	/** Its source ends the process; it does something else at a stop signal; it handles unhandled rejections only. */
	readonly kind: "ends" | "runs" | "handles rejections";
	/** `shutDown at /app/server.js:12`, or the beginning of its source. */
	readonly name: string;
	/** The events that it listens to. */
	readonly events: readonly string[];
}

/** The most listeners that a warning names. It counts the rest. */
const MOST_NAMED = 8;

/** Returns one warning of all listeners of a kind. */
export function listenerWarning(kind: NamedListener["kind"], all: readonly NamedListener[]): Warning {
	const named = all.slice(0, MOST_NAMED).map(({ name, events }) => `${name} (${events.join(", ")})`);
	const list = all.length > MOST_NAMED ? `${named.join(", ")} and ${all.length - MOST_NAMED} more` : named.join(", ");
	switch (kind) {
		case "ends":
			return {
				code: "listener",
				message:
					`these listeners end the process at a signal, whatever is in flight: ${list}; ` +
					"remove them, or let them leave the ending to lastcall",
			};
		case "runs":
			return {
				code: "other-listener",
				message:
					`these listeners also run at a signal, while requests are being served: ${list}; ` +
					"a request fails where they close what it needs: remove them, and close that with the service",
			};
		case "handles rejections":
			return {
				code: "rejection-listener",
				message:
					`an unhandled rejection does not stop this program, as there are listeners for it: ${list}; ` +
					"to stop at one, add a listener that throws the error again",
			};
	}
}
