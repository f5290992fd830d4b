import { AssertionError } from "node:assert";
import type { ShutdownReport } from "../core/report.ts";
import { textOf } from "../observe/event-text.ts";

/**
 * Asserts that everything finished and nothing failed in a shutdown.
 * @throws {AssertionError} that names what was left and what failed
 */
export function assertFinished(report: ShutdownReport): void {
	if (report.ok) return;
	const { left, errors } = report;
	const lines = [
		...textOf({ type: "closed", report }, "").lines,
		...(left.length > 0 ? textOf({ type: "left", left }, "").lines : []),
		...errors.flatMap((failure) => textOf({ type: "failed", failure }, "").lines),
	];
	throw new AssertionError({
		message: lines.join("\n"),
		actual: { left, errors },
		expected: { left: [], errors: [] },
		operator: "assertFinished",
		stackStartFn: assertFinished,
	});
}
