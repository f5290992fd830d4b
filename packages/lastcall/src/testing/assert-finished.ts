import { AssertionError } from "node:assert";
import type { ShutdownReport } from "../core/report.ts";
import { describeEvent } from "../observe/event-text.ts";

/**
 * Asserts that a shutdown finished everything, and that nothing failed.
 *
 * What the drain ended early for another reason than lack of time is allowed: an event stream whose client reconnects, a request
 * whose client had gone.
 * @throws {AssertionError} if the report is not `ok`; it names what was left, what ran out of time and what failed
 * @example
 * ```ts
 * import { assertFinished, startService } from "lastcall/testing";
 *
 * const { service } = await startService(main);
 * assertFinished(await service.stop());
 * ```
 */
export function assertFinished(report: ShutdownReport): void {
	if (report.ok) return;
	const { left, errors } = report;
	const outOfTime = report.endedEarly.filter(({ why }) => why === "out-of-time");
	const lines = [
		...describeEvent({ type: "closed", report }, "").lines,
		...(left.length > 0 ? describeEvent({ type: "left", left }, "").lines : []),
		...errors.flatMap((failure) => describeEvent({ type: "failed", failure }, "").lines),
	];
	throw new AssertionError({
		message: lines.join("\n"),
		actual: { left, outOfTime, errors },
		expected: { left: [], outOfTime: [], errors: [] },
		operator: "assertFinished",
		stackStartFn: assertFinished,
	});
}
