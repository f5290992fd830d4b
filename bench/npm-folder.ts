import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";

const NO_TELEMETRY = {
	NEXT_TELEMETRY_DISABLED: "1",
	ASTRO_TELEMETRY_DISABLED: "1",
	NUXT_TELEMETRY_DISABLED: "1",
};

/** A folder with dependencies of its own, which are installed once for each version of its `package.json`. */
export class NpmFolder {
	readonly path: string;
	/** The Node.js to build and to run it with. */
	readonly node: string;

	constructor(path: string, node: string = process.execPath) {
		this.path = path;
		this.node = node;
	}

	/** Makes the folder, and calls `install` if the file at `wanted`, a `package.json`, is not what was installed last. */
	installOnce(wanted: string, install: () => void): void {
		mkdirSync(this.path, { recursive: true });
		const done = join(this.path, "installed.json");
		if (existsSync(done) && readFileSync(done, "utf8") === readFileSync(wanted, "utf8")) return;
		install();
		cpSync(wanted, done);
	}

	/** Returns what npm prints. */
	npm(args: readonly string[], env: NodeJS.ProcessEnv = {}): string {
		const path = `${dirname(this.node)}${delimiter}${process.env.PATH}`;
		return execFileSync("npm", args, {
			cwd: this.path,
			env: { ...process.env, PATH: path, ...NO_TELEMETRY, ...env },
			encoding: "utf8",
			stdio: ["ignore", "pipe", "inherit"],
			shell: process.platform === "win32",
		});
	}
}
