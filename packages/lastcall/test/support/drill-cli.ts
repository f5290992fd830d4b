import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import type { Tally } from "lastcall-drill-clients";
import { Child } from "./child.ts";

const CLI = fileURLToPath(new URL("../../../../drill/dist/cli.js", import.meta.url));

/** A drill starts and stops its target several times, which takes long where the target and the machine are slow. */
const GUARD_MS = 150_000;

/** The result of `lastcall-drill`. */
export interface Drilled {
	/** Its exit code: 0 where the target passed, 1 where it failed. */
	readonly exit: number | NodeJS.Signals | null;
	readonly tally: Tally;
	/** The codes of the verdict's reasons. */
	readonly reasons: readonly string[];
	/** The verdict and the output of the target, for the message of a failing test. */
	readonly output: string;
}

/** Runs the command. */
export async function drillCli(
	t: Pick<TestContext, "after">,
	options: readonly string[],
	command: readonly string[],
	env: NodeJS.ProcessEnv = {},
): Promise<Drilled> {
	const folder = await mkdtemp(join(tmpdir(), "lastcall-drill-"));
	t.after(() => rm(folder, { recursive: true }));
	const json = join(folder, "report.json");
	const args = [CLI, "--json", json, "--verbose", ...options, "--", ...command];
	const child = new Child(t, process.execPath, args, { env: { ...process.env, PORT: "0", ...env } }, GUARD_MS);
	const { exit, stdout, stderr } = await child.ended;
	const output = `${stdout}\n${stderr}`;
	if (exit !== 0 && exit !== 1) throw new Error(`lastcall-drill ended with ${exit}:\n${output}`);
	const { tally, verdict } = JSON.parse(await readFile(json, "utf8")) as {
		tally: Tally;
		verdict: { reasons: { code: string }[] };
	};
	return { exit, tally, reasons: verdict.reasons.map(({ code }) => code), output };
}
