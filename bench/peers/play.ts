import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { freePort } from "../free-port.ts";
import type { Column } from "./columns.ts";
import type { Peer } from "./peer.ts";

/** What the table takes from the drill's `--json`. */
export interface Report {
	readonly rounds: readonly RoundReport[];
}

interface RoundReport {
	readonly tally: {
		readonly total: number;
		readonly lost: number;
		readonly refused: number;
		readonly "turned-away": number;
	};
	readonly exit: {
		readonly atMs: number;
		readonly code: number | null;
		readonly signal: string | null;
		readonly killed: boolean;
	};
	readonly lost: readonly { readonly reason: string }[];
}

const cli = fileURLToPath(new URL("dist/cli.js", import.meta.resolve("lastcall-drill/package.json")));
const GRACE = "5s";

/** One round of the drill's command line: a fresh server, one load, one stop. Rejects if there is no report. */
export async function play(peer: Peer, column: Column, seed: number): Promise<Report> {
	const folder = await mkdtemp(join(tmpdir(), "lastcall-peer-"));
	try {
		const port = await freePort();
		const { command, drillOptions = [] } = await peer.launch({ folder, port });
		const json = join(folder, "report.json");
		const { load, drillOptions: how = [] } = column;
		const options = ["--load", load, ...how, "--grace", GRACE, "--seed", `${seed}`, "--json", json, "--quiet"];
		const child = spawn(process.execPath, [cli, ...options, ...drillOptions, "--", ...command], {
			env: { ...process.env, PORT: `${port}` },
			stdio: ["ignore", "ignore", "pipe"],
		});
		const [errors, [code]] = await Promise.all([text(child.stderr), once(child, "exit") as Promise<[number | null]>]);
		// 1 is a failing verdict, which is a result.
		if (code !== 0 && code !== 1)
			throw new Error(`${peer.name}, ${column.name}: the drill ended with ${code}\n${errors}`);
		return JSON.parse(await readFile(json, "utf8")) as Report;
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}
