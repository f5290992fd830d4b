// Builds `examples/next` in a folder of its own (340 MB of dependencies) and drills its standalone server, with lastcall and without.
// Then it counts how much `after()` work of the last requests was not done.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { freePort } from "../bench/dist/free-port.js";
import { FrameworkFolder } from "./framework-folder.js";

const folder = new FrameworkFolder("next");
const standalone = join(folder.path, ".next/standalone");

const withLastcall = ["--import", "./lastcall.js"];
/** Removes the `waitUntil` that lastcall.js has given to Next.js for its `after()`. */
const untold = "data:text/javascript,delete globalThis[Symbol.for('@next/request-context')]";

build();
const how = { cwd: standalone };
const failed = [
	await folder.lostBy("examples/next with lastcall", [...withLastcall, "server.js"], (lost) => lost === 0, how),
	await folder.lostBy("examples/next in its own way", ["server.js"], (lost) => lost > 0, how),
	await unsentBy("examples/next with lastcall", withLastcall, (unsent) => unsent === 0),
	await unsentBy(
		"examples/next with lastcall, Next.js not told of it",
		[...withLastcall, "--import", untold],
		(unsent) => unsent > 0,
	),
].includes(false);
process.exitCode = failed ? 1 : 0;

function build() {
	folder.prepare();
	folder.npm(["exec", "--", "next", "build"]);
	cpSync(join(folder.path, "lastcall.js"), join(standalone, "lastcall.js"));
	// `next build` copies only what the pages import. This adds the library of this checkout.
	folder.copyLibrary(join(standalone, "node_modules/lastcall"));
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
