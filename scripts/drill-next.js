// Builds `examples/next` in a folder of its own (340 MB of dependencies) and drills its standalone server, with lastcall and without.
// Then it counts how much `after()` work of the last requests was not done.
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { freePort } from "../bench/dist/free-port.js";

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

const withLastcall = ["--import", "./lastcall.js"];
/** Removes the `waitUntil` that lastcall.js has given to Next.js for its `after()`. */
const untold = "data:text/javascript,delete globalThis[Symbol.for('@next/request-context')]";

build();
const failed = [
	await lostBy("examples/next with lastcall", [...withLastcall, "server.js"], (lost) => lost === 0),
	await lostBy("examples/next in its own way", ["server.js"], (lost) => lost > 0),
	await unsentBy("examples/next with lastcall", withLastcall, (unsent) => unsent === 0),
	await unsentBy(
		"examples/next with lastcall, Next.js not told of it",
		[...withLastcall, "--import", untold],
		(unsent) => unsent > 0,
	),
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
	// `next build` copies only what the pages import. This adds the library of this checkout.
	rmSync(join(standalone, "node_modules/lastcall"), { recursive: true, force: true });
	cpSync(join(root, "packages/lastcall"), join(standalone, "node_modules/lastcall"), {
		recursive: true,
		filter: (source) => !source.includes("/lastcall/test"),
	});
}

/**
 * Prints what was lost. Returns true if that is as expected.
 * @param {string} title
 * @param {string[]} words
 * @param {(lost: number) => boolean} isRight
 */
async function lostBy(title, words, isRight) {
	const drill = [join(root, "packages/drill/dist/cli.js"), "--ready", "60s", "--quiet", "--json", report];
	const load = loads.flatMap((spec) => ["--load", spec]);
	rmSync(report, { force: true });
	// Next.js takes a port of 0 for 3000.
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

/**
 * Stops the server while clients sign up. Prints how many of their mails were not sent before the database was closed, and
 * returns true if that is as expected.
 * @param {string} title
 * @param {string[]} words
 * @param {(unsent: number) => boolean} isRight
 */
async function unsentBy(title, words, isRight) {
	const port = await freePort();
	const server = spawn(process.execPath, [...words, "server.js"], {
		cwd: standalone,
		// Longer than idle connections linger: otherwise the mails would be sent even if nothing waited for them.
		env: { ...process.env, HOSTNAME: "127.0.0.1", PORT: String(port), MAIL_MS: "3000" },
		stdio: ["ignore", "pipe", "inherit"],
	});
	let written = "";
	server.stdout.setEncoding("utf8").on("data", (text) => {
		written += text;
	});
	const exited = once(server, "exit");
	const signUp = async () => {
		try {
			const response = await fetch(`http://127.0.0.1:${port}/signups`, { method: "POST" });
			await response.text();
			return response.status;
		} catch {
			return undefined;
		}
	};
	// lastcall serves the server from its first request on.
	while ((await signUp()) !== 201) await setTimeout(100);
	let signedUp = 1;
	let isOver = false;
	const clients = Array.from({ length: 8 }, async () => {
		while (!isOver) {
			if ((await signUp()) === 201) signedUp++;
			else isOver = true;
		}
	});
	while (signedUp < 100) await setTimeout(10);
	server.kill("SIGTERM");
	await Promise.all([...clients, exited]);
	const [beforeClosing = ""] = written.split("database closed");
	const sent = beforeClosing.split("mail sent").length - 1;
	console.log(`${title}: ${signedUp - sent} of ${signedUp} mails of after() not sent`);
	return isRight(signedUp - sent);
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
