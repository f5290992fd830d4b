import { AssertionError } from "node:assert";
import type { ShutdownReport } from "../core/report.ts";
import { textOf } from "../observe/event-text.ts";

/**
 * Asserts that everything finished and nothing failed in a shutdown. What the drain ended early for another reason than
 * lack of time is allowed: an event stream whose client reconnects, a request whose client had gone.
 * @throws {AssertionError} that names what was left, what ran out of time and what failed
 */
export function assertFinished(report: ShutdownReport): void {
	if (report.ok) return;
	const { left, errors } = report;
	const outOfTime = report.endedEarly.filter(({ why }) => why === "out-of-time");
	const lines = [
		...textOf({ type: "closed", report }, "").lines,
		...(left.length > 0 ? textOf({ type: "left", left }, "").lines : []),
		...errors.flatMap((failure) => textOf({ type: "failed", failure }, "").lines),
	];
	throw new AssertionError({
		message: lines.join("\n"),
		actual: { left, outOfTime, errors },
		expected: { left: [], outOfTime: [], errors: [] },
		operator: "assertFinished",
		stackStartFn: assertFinished,
	});
}
