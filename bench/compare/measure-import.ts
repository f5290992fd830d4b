import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { median } from "../median.ts";
import { runtime } from "./launcher.ts";
import type { Subject } from "./subjects.ts";

interface ImportCost {
	readonly cpuMs: number;
	readonly bytes: number;
	readonly modules: number;
}

async function once(subject: Subject, folder: string, env: Record<string, string> = {}): Promise<ImportCost> {
	const [node = ""] = runtime("node");
	const args = ["--expose-gc", join(folder, "import-cost.js"), ...subject.imports];
	const { stdout } = await promisify(execFile)(node, args, { env: { ...process.env, ...env } });
	return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as ImportCost;
}

/** CPU time and heap of the import, medians of `rounds` processes; the number of files in one more, as counting them takes time. */
export async function measureImport(subject: Subject, folder: string, rounds: number): Promise<ImportCost> {
	const costs: ImportCost[] = [];
	for (let round = 0; round < rounds; round++) costs.push(await once(subject, folder));
	const { modules } = await once(subject, folder, { COUNT_MODULES: "1" });
	return {
		cpuMs: median(costs.map(({ cpuMs }) => cpuMs)),
		bytes: median(costs.map(({ bytes }) => bytes)),
		modules,
	};
}
