import { readFileSync, realpathSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";

/** The programs of PM2 that load the program: the main module of the process is one of these. */
const PM2_CONTAINER = /^ProcessContainer/;

/** The names that were found, by main module. A process may create thousands of services. */
const found = new Map<string, string>();

/**
 * Returns the name of the program: that of the nearest `package.json` with a name above its main module, or else the file name of the
 * main module. A `package.json` that cannot be read or parsed counts as one without a name.
 */
export function detectProgramName(main: string | undefined = mainModule()): string {
	if (main === undefined) return "node";
	let name = found.get(main);
	if (name === undefined) {
		name = packageName(dirname(realPath(main))) ?? basename(main, extname(main));
		found.set(main, name);
	}
	return name;
}

/** `undefined` with `node -e`, and where the program is read from standard input. */
function mainModule(): string | undefined {
	const [, main] = process.argv;
	const { pm_exec_path: underPm2 } = process.env;
	return main !== undefined && underPm2 !== undefined && PM2_CONTAINER.test(basename(main)) ? underPm2 : main;
}

function packageName(folder: string): string | undefined {
	const name = readName(join(folder, "package.json"));
	const above = dirname(folder);
	return name === undefined && above !== folder ? packageName(above) : name;
}

function readName(file: string): string | undefined {
	try {
		const { name } = JSON.parse(readFileSync(file, "utf8")) as { name?: unknown };
		return typeof name === "string" && name.trim() !== "" ? name.trim() : undefined;
	} catch {
		return undefined;
	}
}

/** A command in `node_modules/.bin` is a link to a file of its package. */
function realPath(file: string): string {
	try {
		return realpathSync(file);
	} catch {
		// `node server`: without its extension.
		return file;
	}
}
