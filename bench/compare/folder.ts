import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Subject } from "./subjects.ts";

const run = promisify(execFile);
export const root = fileURLToPath(new URL("../../../", import.meta.url));
const programs = join(root, "bench/compare/programs");
const NPM = ["--no-audit", "--no-fund", "--loglevel=error"];

/** What is installed of a peer. */
export interface Installed {
	readonly bytes: number;
	readonly packages: number;
}

/** The library of this checkout as it is published: the path of its tarball. */
async function pack(folder: string): Promise<string> {
	const args = ["pack", join(root, "packages/lastcall"), "--json", "--ignore-scripts", "--pack-destination", folder];
	const { stdout } = await run("npm", args);
	return join(folder, (JSON.parse(stdout) as [{ filename: string }])[0].filename);
}

/** The folder with the programs of a peer, and what they import. Installed anew if the versions have changed, and lastcall always. */
export async function peerFolder({ key, packages }: Subject): Promise<string> {
	const folder = join(root, ".cache/bench", key);
	const done = join(folder, "installed.txt");
	const wanted = packages.join("\n");
	const isInstalled = existsSync(done) && (await readFile(done, "utf8")) === wanted && key !== "lastcall";
	await mkdir(folder, { recursive: true });
	await cp(programs, folder, { recursive: true });
	if (isInstalled) return folder;
	await rm(join(folder, "node_modules"), { recursive: true, force: true });
	await rm(join(folder, "package-lock.json"), { force: true });
	await writeFile(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
	const specs = key === "lastcall" ? [await pack(folder)] : packages;
	if (specs.length > 0) await run("npm", ["install", "--prefix", folder, ...NPM, ...specs]);
	await writeFile(done, wanted);
	return folder;
}

/** Bytes of all files that npm has installed into a folder, and how many packages they are. */
export async function installedSize(folder: string): Promise<Installed> {
	const modules = join(folder, "node_modules");
	if (!existsSync(modules)) return { bytes: 0, packages: 0 };
	const lock = JSON.parse(await readFile(join(modules, ".package-lock.json"), "utf8")) as { packages: object };
	let bytes = 0;
	for (const entry of await readdir(modules, { recursive: true, withFileTypes: true })) {
		if (entry.isFile() && entry.name !== ".package-lock.json") {
			bytes += (await stat(join(entry.parentPath, entry.name))).size;
		}
	}
	return { bytes, packages: Object.keys(lock.packages).length };
}

/** Bytes of the library's tarball. */
export async function packedBytes(): Promise<number> {
	const { stdout } = await run("npm", [
		"pack",
		join(root, "packages/lastcall"),
		"--json",
		"--ignore-scripts",
		"--dry-run",
	]);
	return (JSON.parse(stdout) as [{ size: number }])[0].size;
}
