import type { Drainable } from "./drainable.ts";
import type { StopReason } from "./stop-reason.ts";
import type { Warning } from "./warning.ts";

/**
 * Warns of each server that was served, never listened and never had a connection. It was probably meant to listen: a program
 * with such a server ends at once, since nothing is left to do.
 */
export function warnOfUnusedServers(
	servers: readonly Drainable[],
	reason: StopReason,
	warn: (warning: Warning) => void,
): void {
	for (const server of servers) {
		// It could not listen, and the log has said so.
		const hasFailed = reason.kind === "server-failed" && reason.name === server.name;
		if (hasFailed || server.isUnused?.() !== true) continue;
		const what = `"${server.name}" was served but never listened`;
		warn({ code: "never-listened", message: `${what}; make it listen, or call service.listen(), which does` });
	}
}
