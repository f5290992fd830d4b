// `npm run auto`: programs from the npm registry that know nothing of lastcall, each stopped as it is and with
// `NODE_OPTIONS="--import lastcall/auto"`. Exit code 1 if a request was lost with it and the row has no reason for that.
import { execFileSync } from "node:child_process";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { CATALOGUE } from "./auto/catalogue.ts";
import { printResult, writeDocument } from "./auto/document.ts";
import { InstalledProgram } from "./auto/installed-program.ts";
import type { Program } from "./auto/program.ts";
import { isUnclean, type Result, type Stops } from "./auto/result.ts";
import { ResultFile } from "./auto/result-file.ts";
import { stop } from "./auto/stop.ts";

const { values } = parseArgs({
	options: {
		/** Only these programs, by the names of their rows. */
		only: { type: "string" },
		stops: { type: "string", default: "3" },
		/** Not as it is. */
		"with-only": { type: "boolean", default: false },
		/** Not with the flag. */
		"as-is-only": { type: "boolean", default: false },
		/** Writes docs/auto-programs.json, and the table of docs/auto-programs.md from it. Rows not measured now stay as they are. */
		docs: { type: "boolean", default: false },
		/** The major version of Node.js to run the programs with. */
		node: { type: "string", default: "24" },
	},
});

const names = values.only?.split(",") ?? CATALOGUE.map(({ name }) => name);
for (const name of names) {
	if (CATALOGUE.every((program) => program.name !== name))
		throw new Error(`--only: wanted some of ${CATALOGUE.map((program) => program.name).join(", ")}; got ${name}`);
}
const script = fileURLToPath(new URL("../../scripts/node-version.js", import.meta.url));
const node = execFileSync(process.execPath, [script, values.node], { encoding: "utf8" }).trim();
const version = execFileSync(node, ["--version"], { encoding: "utf8" }).trim();
const file = new ResultFile();

for (const program of CATALOGUE.filter(({ name }) => names.includes(name))) {
	const result = await measure(program);
	printResult(result);
	if (isUnclean(result) && result.reason === undefined) process.exitCode = 1;
	if (!values.docs) continue;
	// After each row, so that those measured are kept when the command is interrupted.
	file.put(result, CATALOGUE);
	writeDocument(file.results);
}

async function measure(program: Program): Promise<Result> {
	const { name, title, command, drill = [], reason } = program;
	const installed = new InstalledProgram(program, node, version);
	const before = file.results.find((result) => result.name === name);
	const about = {
		...{ name, title, package: program.package, command: command.join(" "), drill },
		...{ at: new Date().toISOString(), node: version, cpus: cpus().length },
		...(reason !== undefined && { reason }),
	};
	try {
		installed.prepare();
		const asIs = values["with-only"] ? before?.asIs : await stops(installed, false);
		const withFlag = values["as-is-only"] ? before?.withFlag : await stops(installed, true);
		return { ...about, version: installed.version, ...(asIs && { asIs }), ...(withFlag && { withFlag }) };
	} catch (error) {
		const { message } = error as Error;
		console.error(message);
		return { ...before, ...about, missing: message.split("\n", 1)[0] ?? "" };
	}
}

async function stops(installed: InstalledProgram, flag: boolean): Promise<Stops> {
	process.stderr.write(`${installed.program.name}, ${flag ? "with the flag" : "as it is"} … `);
	try {
		return await stop(installed, node, Number(values.stops), flag);
	} finally {
		process.stderr.write("\n");
	}
}
