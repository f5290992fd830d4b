import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { freePort } from "../free-port.ts";
import type { InstalledProgram } from "./installed-program.ts";
import type { Stops } from "./result.ts";

/** What is read of the drill's `--json`. */
interface Report {
	readonly tally: { readonly total: number; readonly lost: number; readonly refused: number };
	readonly rounds: readonly {
		readonly exit: {
			readonly atMs: number;
			readonly code: number | null;
			readonly signal: string | null;
			readonly killed: boolean;
		};
		readonly lost: readonly { readonly reason: string }[];
	}[];
	readonly verdict: { readonly reasons: readonly { readonly code: string }[] };
}

const CLI = fileURLToPath(new URL("dist/cli.js", import.meta.resolve("lastcall-drill/package.json")));
const AUTO = fileURLToPath(new URL("auto.js", import.meta.resolve("lastcall")));
/** Reasons that say that the measurement is of no use. */
const USELESS = new Set(["mostly-errors", "lost-before-stop"]);

/** Drills a program, with the flag or as it is. Rejects if the drill has no report, or one that proves nothing. */
export async function stop(installed: InstalledProgram, node: string, rounds: number, flag: boolean): Promise<Stops> {
	const { command, env = {}, drill = [], flagVariable = "NODE_OPTIONS" } = installed.program;
	const port = String(await freePort());
	const folder = await mkdtemp(join(tmpdir(), "lastcall-stop-"));
	try {
		const json = join(folder, "report.json");
		const [name = "", ...words] = command.map((word) => word.replaceAll("$PORT", port));
		const file = name === "node" ? node : join(installed.path, "node_modules/.bin", name);
		// The drill itself runs without the flag.
		const set = {
			PORT: port,
			...env,
			...(flag && { [flagVariable]: `--import ${AUTO}` }),
		};
		const variables = Object.entries(set).map(([key, value]) => `${key}=${value.replaceAll("$PORT", port)}`);
		const path = `PATH=${dirname(node)}${delimiter}${process.env.PATH}`;
		const options = ["--rounds", String(rounds), "--ready", "90s", "--url", `http://127.0.0.1:${port}`, "--json", json];
		const child = spawn(
			process.execPath,
			[CLI, ...options, ...drill, "--", "env", path, ...variables, file, ...words],
			{
				cwd: installed.path,
				stdio: ["ignore", "pipe", "pipe"],
			},
		);
		const [output, errors, [code]] = await Promise.all([
			text(child.stdout),
			text(child.stderr),
			once(child, "exit") as Promise<[number | null]>,
		]);
		// 1 is a failing verdict, which is a result, or an error of the drill itself.
		if ((code !== 0 && code !== 1) || !existsSync(json))
			throw new Error(`the drill ended with ${code}\n${output}${errors}`);
		return stopsOf(JSON.parse(await readFile(json, "utf8")) as Report);
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

function stopsOf({ tally, rounds, verdict }: Report): Stops {
	const useless = verdict.reasons.find(({ code }) => USELESS.has(code));
	if (useless !== undefined) throw new Error(`the drill says ${useless.code}`);
	const reasons: Record<string, number> = {};
	for (const { reason } of rounds.flatMap(({ lost }) => lost)) reasons[reason] = (reasons[reason] ?? 0) + 1;
	return {
		lost: tally.lost,
		sent: tally.total - tally.refused,
		reasons,
		exits: rounds.map(({ exit }) => (exit.killed ? "killed" : String(exit.code ?? exit.signal))),
		exitMs: rounds.map(({ exit }) => Math.round(exit.atMs)),
	};
}
