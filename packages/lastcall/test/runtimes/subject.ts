import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { CheckName } from "./checks.ts";

/** One kind of server on one runtime: a column of the table. */
export interface Subject {
	readonly name: string;
	/** The command that starts a program of this kind, without the program's file. */
	readonly command: readonly string[];
	/** The program with lastcall, and without. */
	readonly program: string;
	readonly alone: string;
	/** Checks that can't pass on this runtime. They are run and shown, and don't fail. */
	readonly lacks: readonly CheckName[];
}

/** Every subject; installs the runtimes where they aren't yet. */
export function subjects(): Subject[] {
	const [bun, deno] = [[install("bun")], [install("deno"), "run", "--allow-all"]];
	const nodeHttp = { program: "node-http", alone: "node-http-alone" };
	const ownServer = { program: "serve", alone: "serve-alone" };
	const ownLacks: CheckName[] = [
		"lost under load",
		"lost of slow readers, uploads, pipelines",
		"named at the deadline",
	];
	return [
		{ name: "Node.js, `node:http`", command: [process.execPath], ...nodeHttp, lacks: [] },
		{
			name: "Bun, `node:http`",
			command: bun,
			...nodeHttp,
			lacks: ["open handles are named"],
		},
		{
			name: "Bun, `Bun.serve`",
			command: bun,
			...ownServer,
			lacks: [...ownLacks, "open handles are named"],
		},
		{ name: "Deno, `node:http`", command: deno, ...nodeHttp, lacks: [] },
		{ name: "Deno, `Deno.serve`", command: deno, ...ownServer, lacks: ownLacks },
	];
}

/** The compiled file of a program. */
export function programFile(name: string): string {
	return fileURLToPath(new URL(`./programs/${name}.js`, import.meta.url));
}

function install(name: string): string {
	const script = fileURLToPath(new URL("../../../../../scripts/runtime.js", import.meta.url));
	return execFileSync(process.execPath, [script, name], { encoding: "utf8" }).trim();
}
