// A copy of one of the examples that need a build, with dependencies of its own: `examples/<name>` in `.cache/<name>`, with the library of
// this checkout.
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "../bench/dist/free-port.js";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const loads = [
	"back-to-back,connections=8",
	"pausing,connections=50",
	"new-connections,connections=8",
	"in-flight,connections=16,path=/report",
	"upload,connections=8,path=/orders,bytes=100000",
];

/** An example in its folder. */
export class FrameworkFolder {
	/** @param {string} name @param {string} node the Node.js to build and to run it with */
	constructor(name, node = process.execPath) {
		this.name = name;
		this.node = node;
		this.path = join(root, ".cache", name);
	}

	/** Copies the example, and installs its dependencies if they have changed. */
	prepare() {
		mkdirSync(this.path, { recursive: true });
		const wanted = readFileSync(join(root, "examples", this.name, "package.json"), "utf8");
		const done = join(this.path, "installed.json");
		const isInstalled = existsSync(done) && readFileSync(done, "utf8") === wanted;
		cpSync(join(root, "examples", this.name), this.path, { recursive: true });
		if (!isInstalled) {
			const packed = this.npm([
				"pack",
				join(root, "packages/lastcall"),
				"--json",
				"--ignore-scripts",
				"--pack-destination",
				this.path,
			]);
			const tarball = join(this.path, JSON.parse(packed)[0].filename);
			this.npm(["install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error", tarball]);
			cpSync(join(root, "examples", this.name, "package.json"), done);
		}
		this.copyLibrary(join(this.path, "node_modules/lastcall"));
	}

	/** Puts the library of this checkout in place of the one at `target`. @param {string} target */
	copyLibrary(target) {
		rmSync(target, { recursive: true, force: true });
		cpSync(join(root, "packages/lastcall"), target, {
			recursive: true,
			filter: (source) => !source.includes("/lastcall/test"),
		});
	}

	/** Returns what npm prints. @param {string[]} args @param {NodeJS.ProcessEnv} env */
	npm(args, env = {}) {
		const path = `${dirname(this.node)}${delimiter}${process.env.PATH}`;
		const off = { NEXT_TELEMETRY_DISABLED: "1", ASTRO_TELEMETRY_DISABLED: "1", NUXT_TELEMETRY_DISABLED: "1" };
		return execFileSync("npm", args, {
			cwd: this.path,
			env: { ...process.env, PATH: path, ...off, ...env },
			encoding: "utf8",
			stdio: ["ignore", "pipe", "inherit"],
			shell: process.platform === "win32",
		});
	}

	/**
	 * Drills a server and prints what was lost. Returns true if that is as expected.
	 * @param {string} title
	 * @param {string[]} words what to start with Node.js
	 * @param {(lost: number) => boolean} isRight
	 * @param {{ cwd?: string, rounds?: number }} how
	 */
	async lostBy(title, words, isRight, { cwd = this.path, rounds = 1 } = {}) {
		const report = join(this.path, "report.json");
		const drill = [join(root, "packages/drill/dist/cli.js"), "--ready", "60s", "--quiet", "--json", report];
		// Astro refuses an upload without one.
		drill.push("--rounds", String(rounds), "--header", "content-type: application/octet-stream");
		const load = loads.flatMap((spec) => ["--load", spec]);
		rmSync(report, { force: true });
		const { stdout } = spawnSync(process.execPath, [...drill, ...load, "--", this.node, ...words], {
			cwd,
			// These servers take a port of 0 for 3000.
			env: { ...process.env, HOST: "127.0.0.1", HOSTNAME: "127.0.0.1", PORT: String(await freePort()) },
			stdio: ["ignore", "pipe", "inherit"],
			encoding: "utf8",
		});
		const { tally } = JSON.parse(readFileSync(report, "utf8"));
		console.log(`${title}: ${tally.lost} of ${tally.total} requests lost`);
		const right = isRight(tally.lost) && tally.answered > 200;
		if (!right) console.log(stdout);
		return right;
	}
}
