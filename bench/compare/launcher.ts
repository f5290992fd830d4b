import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { makeCertificate } from "../fixtures/certificate.ts";
import { root } from "./folder.ts";
import { NODE_MAJOR, type Scheme, type Subject } from "./subjects.ts";

const certificate = await makeCertificate();

function path(script: string, word: string): string {
	return execFileSync(process.execPath, [join(root, "scripts", script), word], { encoding: "utf8" }).trim();
}

/** The runtimes of the peers, each installed when it is first asked for. */
const RUNTIMES = {
	node: () => [path("node-version.js", NODE_MAJOR)],
	bun: () => [path("runtime.js", "bun")],
	deno: () => [path("runtime.js", "deno"), "run", "--allow-all"],
};
const commands = new Map<string, readonly string[]>();

/** The command of a runtime, without a program. */
export function runtime(name: keyof typeof RUNTIMES): readonly string[] {
	const command = commands.get(name) ?? RUNTIMES[name]();
	commands.set(name, command);
	return command;
}

/** What a runtime calls itself. */
export function runtimeVersion(name: keyof typeof RUNTIMES): string {
	const [file = ""] = runtime(name);
	const printed = execFileSync(file, ["--version"], { encoding: "utf8" });
	return /\d+\.\d+\.\d+/.exec(printed)?.[0] ?? printed.trim();
}

/** The command that runs a peer's program in its folder. */
export function peerCommand(
	{ key, runtime: name }: Subject,
	folder: string,
	nodeOptions: readonly string[] = [],
): string[] {
	if (name === "bun" || name === "deno") return [...runtime(name), join(folder, `${name}.js`)];
	return [...runtime("node"), ...nodeOptions, join(folder, "server.js"), key];
}

/** What a peer's program reads of its environment. */
export function peerEnv(scheme: Scheme, more: Record<string, string> = {}): NodeJS.ProcessEnv {
	const fixtures = pathToFileURL(join(root, "bench/dist/fixtures")).href;
	return { ...process.env, SCHEME: scheme, ...certificate, MODULES: fixtures, ...more };
}
