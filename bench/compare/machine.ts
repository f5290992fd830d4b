import { cpus, loadavg, release, totalmem, type } from "node:os";
import { runtimeVersion } from "./launcher.ts";
import { SUBJECTS } from "./subjects.ts";

/** What the results were measured on. */
export interface Machine {
	readonly cpu: string;
	readonly cores: number;
	readonly memoryGb: number;
	readonly system: string;
	/** Programs that wanted to run in the minute before: above 1, others ran on the machine. */
	readonly loadAverage: number;
}

export function thisMachine(): Machine {
	return {
		cpu: cpus()[0]?.model ?? "unknown",
		cores: cpus().length,
		memoryGb: Math.round(totalmem() / 2 ** 30),
		system: `${type()} ${release()}`,
		loadAverage: Math.round((loadavg()[0] ?? 0) * 10) / 10,
	};
}

/** Of the runtimes, and of what npm installs. */
export function versions(): Record<string, string> {
	const pinned = SUBJECTS.flatMap(({ packages }) => packages).map((spec) => spec.split(/(?<=.)@/));
	return {
		"Node.js": runtimeVersion("node"),
		Bun: runtimeVersion("bun"),
		Deno: runtimeVersion("deno"),
		...Object.fromEntries(pinned.flatMap(([name = "", version]) => (version ? [[name, version]] : []))),
	};
}
