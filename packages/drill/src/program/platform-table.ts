import { linuxTable } from "./linux-table.ts";
import type { ProcessTable } from "./process-table.ts";
import { psTable } from "./ps-table.ts";
import { TargetError } from "./target-error.ts";

/** The table of a platform. Throws a `TargetError` on Windows, which has neither signals nor process groups. */
export function platformTable(platform: NodeJS.Platform = process.platform): ProcessTable {
	if (platform === "linux" || platform === "android") return linuxTable;
	if (platform !== "win32") return psTable;
	throw new TargetError(
		"ERR_DRILL_PLATFORM",
		"Windows has no signals that a program could answer: drill the program on Linux or macOS, or in WSL.",
	);
}
