import { join } from "node:path";
import { countInstructions } from "../count-instructions.ts";
import { debianVersion } from "../debian.ts";
import { installedSize } from "./folder.ts";
import { peerEnv, runtime } from "./launcher.ts";
import { measureHeap } from "./measure-heap.ts";
import { measureImport } from "./measure-import.ts";
import type { CostRow } from "./results.ts";
import type { Subject } from "./subjects.ts";

/** How thoroughly: requests to count, and imports. */
export interface CostEffort {
	readonly warm: number;
	readonly requests: number;
	readonly imports: number;
}

async function instructions({ key }: Subject, folder: string, effort: CostEffort): Promise<number | undefined> {
	if ((await debianVersion("valgrind")) === undefined) return undefined;
	const [node = ""] = runtime("node");
	const env = peerEnv("http", { MEASURE: "instructions" });
	return countInstructions([join(folder, "server.js"), key], { ...effort, node, env });
}

/** What each peer on Node.js costs a program. */
export async function measureCost(
	folders: ReadonlyMap<Subject, string>,
	effort: CostEffort,
): Promise<Record<string, CostRow>> {
	const rows: Record<string, CostRow> = {};
	for (const [subject, folder] of folders) {
		if (subject.runtime !== "node") continue;
		process.stderr.write(`cost: ${subject.key}\n`);
		const imported = subject.imports.length > 0 ? await measureImport(subject, folder, effort.imports) : undefined;
		const counted = subject.isFramework ? undefined : await instructions(subject, folder, effort);
		const installed = await installedSize(folder);
		rows[subject.key] = {
			...(counted !== undefined && { instructions: counted }),
			connectionBytes: await measureHeap(subject, folder),
			...(imported && {
				importCpuMs: Math.round(imported.cpuMs * 10) / 10,
				importBytes: imported.bytes,
				modules: imported.modules,
			}),
			installedBytes: installed.bytes,
			packages: installed.packages,
		};
	}
	return rows;
}
