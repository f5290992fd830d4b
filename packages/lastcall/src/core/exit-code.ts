import type { ShutdownReport } from "./report.ts";

/** Returns the exit code for what happened. A hard stop by a signal comes before everything else. */
export function decideExitCode(report: Pick<ShutdownReport, "hardStop" | "ok">): number {
	const cause = report.hardStop?.cause;
	if (typeof cause === "object" && cause.kind === "signal") return 128 + cause.number;
	return report.ok ? 0 : 1;
}
