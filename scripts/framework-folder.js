// A copy of one of the examples that need a build, with dependencies of its own: `examples/<name>` in `.cache/<name>`, with the library of
// this checkout.
import { spawnSync } from "node:child_process";
import { cpSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "../bench/dist/free-port.js";
import { NpmFolder } from "../bench/dist/npm-folder.js";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const loads = [
	"back-to-back,connections=8",
	"pausing,connections=50",
	"new-connections,connections=8",
	"in-flight,connections=16,path=/report",
	"upload,connections=8,path=/orders,bytes=100000",
];

/** An example in its folder. */
export class FrameworkFolder extends NpmFolder {
	/** @param {string} name @param {string} node the Node.js to build and to run it with */
	constructor(name, node = process.execPath) {
		super(join(root, ".cache", name), node);
		this.name = name;
	}

	/** Copies the example, and installs its dependencies if they have changed. */
	prepare() {
		const example = join(root, "examples", this.name);
		this.installOnce(join(example, "package.json"), () => {
			cpSync(example, this.path, { recursive: true });
			const library = join(root, "packages/lastcall");
			const packed = this.npm(["pack", library, "--json", "--ignore-scripts", "--pack-destination", this.path]);
			const tarball = join(this.path, JSON.parse(packed)[0].filename);
			this.npm(["install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error", tarball]);
		});
		cpSync(example, this.path, { recursive: true });
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
