import { join } from "node:path";
import { countInstructions } from "../count-instructions.ts";
import { debianVersion } from "../debian.ts";
import { installedSize } from "./folder.ts";
import { peerEnv, runtime } from "./launcher.ts";
import { measureHeap } from "./measure-heap.ts";
import { measureImport } from "./measure-import.ts";
import type { CostRow } from "./results.ts";
import type { Subject } from "./subjects.ts";

/** How thoroughly. */
export interface CostEffort {
	/** Whether to count instructions, which takes some minutes. */
	readonly isCounted: boolean;
	readonly imports: number;
}

/** Programs under valgrind at a time: the counts don't depend on how busy the machine is. */
const LANES = 4;
/** Before 15,000 requests, what the compiler does differs more from peer to peer than what the peers do. */
export const COUNT = { warm: 15, counted: 11, requests: 1_000 };

/**
 * Instructions for each request, of every peer that is attached to a server of Node.js. Empty without valgrind. Programs that load different
 * modules compile and collect at different requests: one count each differs by a fifth, and Node.js alone was not the least of them.
 * `bench/instructions.ts` compares two programs that load the same.
 */
async function countAll(folders: ReadonlyMap<Subject, string>, effort: CostEffort): Promise<Map<Subject, number>> {
	const counts = new Map<Subject, number>();
	if (!effort.isCounted || (await debianVersion("valgrind")) === undefined) return counts;
	const [node = ""] = runtime("node");
	const env = peerEnv("http", { MEASURE: "instructions" });
	const waiting = [...folders].filter(([{ runtime, isNotCounted }]) => runtime === "node" && !isNotCounted);
	const lane = async (): Promise<void> => {
		for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
			const [subject, folder] = next;
			const program = [join(folder, "server.js"), subject.key];
			counts.set(subject, await countInstructions(program, { ...COUNT, node, env }));
			process.stderr.write(`cost: ${subject.key}, ${counts.get(subject)} instructions\n`);
		}
	};
	await Promise.all(Array.from({ length: LANES }, lane));
	return counts;
}

/** What each peer on Node.js costs a program. */
export async function measureCost(
	folders: ReadonlyMap<Subject, string>,
	effort: CostEffort,
): Promise<Record<string, CostRow>> {
	const counts = await countAll(folders, effort);
	const rows: Record<string, CostRow> = {};
	for (const [subject, folder] of folders) {
		if (subject.runtime !== "node") continue;
		process.stderr.write(`cost: ${subject.key}\n`);
		const imported = subject.imports.length > 0 ? await measureImport(subject, folder, effort.imports) : undefined;
		const counted = counts.get(subject);
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
