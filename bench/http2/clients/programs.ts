import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { type Http2Client, Outcomes, SESSIONS, STREAMS } from "../client.ts";

const folder = new URL("../../../http2/programs/", import.meta.url);
const file = (name: string): string => fileURLToPath(new URL(name, folder));

/** The Node.js of a major version, which is installed if it is missing. */
function nodeOf(major: number): string {
	const script = fileURLToPath(new URL("../../../../scripts/node-version.js", import.meta.url));
	return execFileSync(process.execPath, [script, `${major}`], { encoding: "utf8" }).trim();
}

/** A client that is a separate program, and prints what became of its requests. */
function program(name: string, command: () => readonly string[]): Http2Client {
	return {
		name,
		server: "http2",
		start: async (port, pauseMs) => {
			const [path = "", ...args] = command();
			const load = [port, SESSIONS, STREAMS, pauseMs].map(String);
			const child = spawn(path, [...args, ...load], {
				stdio: ["ignore", "pipe", "inherit"],
				env: { ...process.env, NODE_TLS_REJECT_UNAUTHORIZED: "0", NODE_NO_WARNINGS: "1" },
			});
			await once(child, "spawn");
			return { ended: text(child.stdout).then(read) };
		},
	};
}

function read(output: string): Outcomes {
	const { answered, refused, failed } = JSON.parse(output) as {
		answered: number;
		refused: number;
		failed: Record<string, number>;
	};
	const all = new Outcomes();
	all.answered = answered;
	all.refused = refused;
	for (const [what, count] of Object.entries(failed)) all.fail(what, count);
	return all;
}

/** undici has HTTP/2 behind `allowH2` before version 8; from then on, and in the `fetch` of Node.js 26, it is the default. */
export const programs: readonly Http2Client[] = [
	program("undici 6", () => [process.execPath, file("fetch.js"), "undici6"]),
	program("undici 7", () => [process.execPath, file("fetch.js"), "undici7"]),
	program("undici 8", () => [nodeOf(24), file("fetch.js"), "undici8"]),
	program("fetch of Node.js 26", () => [nodeOf(26), file("fetch.js"), "global"]),
	program("httpx", () => [process.env.PYTHON ?? "/usr/bin/python3", file("httpx.py")]),
	program("Go net/http", () => ["go", "run", file("client.go")]),
];
