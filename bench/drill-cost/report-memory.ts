import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** One drill. */
export interface ReportCase {
	/** The kind of its only load. */
	readonly load: string;
	/** The flags of the reports that are written, without dashes. */
	readonly reports: readonly string[];
	/** How many requests the program under drill answers before it ends. */
	readonly requests: number;
}

/** What it took. */
export interface ReportMemory {
	/** How many requests the drill has recorded. */
	readonly seen: number;
	/** The drill's largest resident set. */
	readonly maxBytes: number;
	/** The size of all reports. */
	readonly fileBytes: number;
}

const program = fileURLToPath(new URL("./counting-server.js", import.meta.url));
const cli = join(dirname(fileURLToPath(import.meta.resolve("lastcall-drill/package.json"))), "dist/cli.js");
/** Imported by the drill: its last line is its largest resident set in KB. */
const LAST_LINE = `data:text/javascript,process.on("exit", () => console.error(process.resourceUsage().maxRSS))`;

/** Plays a drill of a program that goes on after its signal until it has answered so many requests. */
export async function reportMemory({ load, reports, requests }: ReportCase): Promise<ReportMemory> {
	const folder = await mkdtemp(join(tmpdir(), "lastcall-drill-memory-"));
	try {
		const files = reports.map((name) => join(folder, name));
		const flags = reports.flatMap((name, i) => [`--${name}`, files[i] ?? ""]);
		const drill = ["--rounds", "1", "--grace", "10m", "--load", `${load},connections=32`, ...flags];
		const args = ["--import", LAST_LINE, cli, ...drill, "--", process.execPath, program, `${requests}`];
		const { stdout, stderr } = await promisify(execFile)(process.execPath, args).catch(whenLost);
		const [, seen = ""] = /of ([\d,]+) requests/.exec(stdout) ?? [];
		const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
		if (reports.includes("html")) await checkPage(join(folder, "html"));
		return {
			seen: Number(seen.replaceAll(",", "")),
			maxBytes: Number(stderr.trim().split("\n").at(-1)) * 1024,
			fileBytes: sizes.reduce((sum, size) => sum + size, 0),
		};
	} finally {
		await rm(folder, { recursive: true });
	}
}

/** The program may lose new connections at its end: the drill fails then, and has written its reports. */
function whenLost(error: Error & { code?: unknown; stdout: string; stderr: string }): {
	stdout: string;
	stderr: string;
} {
	if (error.code !== 1) throw error;
	return error;
}

async function checkPage(file: string): Promise<void> {
	if (!(await readFile(file, "latin1")).endsWith("</html>\n")) throw new Error("The page is not whole.");
}
