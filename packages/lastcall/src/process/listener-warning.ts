import type { Warning } from "../core/warning.ts";

/** A listener of somebody else, in words. */
export interface NamedListener {
	/** It ends the process at a signal, as far as its source shows that; it does something else; it is not for signals. */
	readonly kind: "ends" | "runs" | "hears rejections";
	/** `shutDown at /app/server.js:12`. */
	readonly who: string;
	/** What it listens to. */
	readonly events: readonly string[];
}

/** So many are named one by one; the rest is counted. */
const NAMED = 8;

/** Warns of all that are of one kind. */
export function listenerWarning(kind: NamedListener["kind"], all: readonly NamedListener[]): Warning {
	const named = all.slice(0, NAMED).map(({ who, events }) => `${who} (${events.join(", ")})`);
	const list = all.length > NAMED ? `${named.join(", ")} and ${all.length - NAMED} more` : named.join(", ");
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
		case "hears rejections":
			return {
				code: "rejection-listener",
				message:
					`an unhandled rejection does not stop this program, as there are listeners for it: ${list}; ` +
					"to stop at one, add a listener that throws the error again",
			};
	}
}
