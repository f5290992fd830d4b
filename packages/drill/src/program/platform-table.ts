import { LINUX_TABLE } from "./linux-table.ts";
import type { ProcessTable } from "./process-table.ts";
import { PS_TABLE } from "./ps-table.ts";
import { TargetError } from "./target-error.ts";

/** Returns the table of a platform. Throws a `TargetError` on Windows, which has neither signals nor process groups. */
export function platformTable(platform: NodeJS.Platform = process.platform): ProcessTable {
	if (platform === "linux" || platform === "android") return LINUX_TABLE;
	if (platform !== "win32") return PS_TABLE;
	throw new TargetError(
		"ERR_DRILL_PLATFORM",
		"Windows has no signals that a program could handle. Drill the program on Linux or macOS, or in WSL.",
	);
}
