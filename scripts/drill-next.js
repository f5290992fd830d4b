// Builds `examples/next` in a folder of its own (340 MB of dependencies) and drills its standalone server, with lastcall and without.
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const example = join(root, "examples/next");
const folder = join(root, ".cache/next");
const standalone = join(folder, ".next/standalone");
const report = join(folder, "report.json");
const loads = [
	"back-to-back,connections=8",
	"pausing,connections=50",
	"new-connections,connections=8",
	"in-flight,connections=16,path=/report",
	"upload,connections=8,path=/orders,bytes=100000",
];

build();
const failed = [
	await lostBy("examples/next with lastcall", ["--import", "./lastcall.js", "server.js"], (lost) => lost === 0),
	await lostBy("examples/next in its own way", ["server.js"], (lost) => lost > 0),
].includes(false);
process.exitCode = failed ? 1 : 0;

function build() {
	mkdirSync(folder, { recursive: true });
	cpSync(example, folder, { recursive: true });
	if (!existsSync(join(folder, "node_modules/next"))) {
		const packed = npm(["pack", join(root, "packages/lastcall"), "--json", "--pack-destination", folder]);
		npm(["install", "--no-audit", "--no-fund", "--loglevel=error", join(folder, JSON.parse(packed)[0].filename)]);
	}
	npm(["exec", "--", "next", "build"]);
	cpSync(join(example, "lastcall.js"), join(standalone, "lastcall.js"));
	// What `next build` traces is what the pages import; the library of this checkout, not the one that was packed.
	rmSync(join(standalone, "node_modules/lastcall"), { recursive: true, force: true });
	cpSync(join(root, "packages/lastcall"), join(standalone, "node_modules/lastcall"), {
		recursive: true,
		filter: (source) => !source.includes("/lastcall/test"),
	});
}

/**
 * Prints what was lost, and returns whether it is as it should be.
 * @param {string} title
 * @param {string[]} words
 * @param {(lost: number) => boolean} isRight
 */
async function lostBy(title, words, isRight) {
	const drill = [join(root, "packages/drill/dist/cli.js"), "--ready", "60s", "--quiet", "--json", report];
	const load = loads.flatMap((spec) => ["--load", spec]);
	rmSync(report, { force: true });
	const { stdout } = spawnSync(process.execPath, [...drill, ...load, "--", process.execPath, ...words], {
		cwd: standalone,
		env: { ...process.env, HOSTNAME: "127.0.0.1", PORT: String(await freePort()) },
		stdio: ["ignore", "pipe", "inherit"],
		encoding: "utf8",
	});
	const { tally } = JSON.parse(readFileSync(report, "utf8"));
	console.log(`${title}: ${tally.lost} of ${tally.total} requests lost`);
	const right = isRight(tally.lost);
	if (!right) console.log(stdout);
	return right;
}

/** Next.js takes a port of 0 for 3000. */
function freePort() {
	return new Promise((resolve) => {
		const server = createServer().listen(0, "127.0.0.1", () => {
			const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
			server.close(() => resolve(port));
		});
	});
}

/** @param {string[]} args */
function npm(args) {
	const env = { ...process.env, NEXT_TELEMETRY_DISABLED: "1" };
	return execFileSync("npm", args, {
		cwd: folder,
		env,
		encoding: "utf8",
		stdio: ["ignore", "pipe", "inherit"],
		shell: process.platform === "win32",
	});
}
