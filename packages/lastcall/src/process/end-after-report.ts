import type { ShutdownReport } from "../core/report.ts";
import type { ServiceState } from "../core/service-state.ts";
import { onOtherExitCode } from "./choose-exit-code.ts";
import { endProcess, flushStdio, LEAST_FLUSH_MS } from "./end-process.ts";
import { guardExit } from "./exit.ts";

/** Ends the process with `process.exitCode`, soon: code that the program still has to run gets its turn. */
export async function endAfterReport(
	{ deadline, emit }: ServiceState,
	{ exitCode: reported, hardStop }: ShutdownReport,
): Promise<void> {
	onOtherExitCode(reported, (exitCode) => emit({ type: "exit-code-changed", exitCode, reported }));
	guardExit((forcedEnd) => emit({ type: "stuck-threads", ...forcedEnd }));
	await flushStdio(Math.max(LEAST_FLUSH_MS, deadline?.leftMs ?? 0));
	// After a hard stop, what was left keeps the event loop alive, and the log has named it.
	if (hardStop !== undefined) endProcess(0, () => {});
	else endProcess(deadline?.leftMs ?? 0, (openHandles) => emit({ type: "open-handles", openHandles }));
}
