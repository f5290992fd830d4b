// `npm run bench:http2 -- [--rounds 10] [--client text] [--sequence text] [--pause ms]`: what different HTTP/2 clients see when a
// server stops under their load. Linux, with chromium, curl, nghttp2-client, golang-go, python3-httpx and python3-h2.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { markdownTable } from "markdown-table";
import { makeCertificate } from "./fixtures/certificate.ts";
import type { Http2Client, Outcomes } from "./http2/client.ts";
import { chromium } from "./http2/clients/chromium.ts";
import { curl } from "./http2/clients/curl.ts";
import { grpc } from "./http2/clients/grpc.ts";
import { h2load } from "./http2/clients/h2load.ts";
import { node } from "./http2/clients/node.ts";
import { programs } from "./http2/clients/programs.ts";
import { patchedBuild, SEQUENCES } from "./http2/sequences.ts";

const { values } = parseArgs({
	options: {
		rounds: { type: "string", default: "10" },
		client: { type: "string", default: "" },
		sequence: { type: "string", default: "" },
		pause: { type: "string", default: "0" },
	},
});
const has = (text: string, part: string): boolean => text.toLowerCase().includes(part.toLowerCase());
const CLIENTS: readonly Http2Client[] = [node, ...programs, h2load, curl, chromium, grpc];
const ROUNDS = Number(values.rounds);
const program = fileURLToPath(new URL("./http2/server.js", import.meta.url));
const certificate = await makeCertificate();

interface Round {
	readonly outcomes: Outcomes;
	/** How many requests the server got, and how many it answered. */
	readonly executed: number;
	readonly answered: number;
	readonly exitMs: number;
}

/** @param end `close`, or what to import as lastcall */
async function play({ server, start }: Http2Client, end: string): Promise<Round> {
	const child = spawn(process.execPath, [program, server, end], {
		stdio: ["ignore", "ignore", "inherit", "ipc"],
		env: { ...process.env, ...certificate },
	});
	const [{ port }] = (await once(child, "message")) as [{ port: number }];
	const begun = once(child, "message");
	const { ended } = await start(port, Number(values.pause));
	await begun;
	const account = once(child, "message") as Promise<[{ executed: number; answered: number }]>;
	await setTimeout(400 + Math.random() * 200);
	const stoppedAt = performance.now();
	child.kill("SIGTERM");
	const [{ executed, answered }] = await account;
	const exitMs = performance.now() - stoppedAt;
	const outcomes = await ended;
	return { outcomes, executed, answered, exitMs };
}

const rows: string[][] = [];
for (const [sequence, patches] of [...Object.entries(SEQUENCES), ["close()", undefined] as const]) {
	if (!has(sequence, values.sequence)) continue;
	const build = patches && (await patchedBuild(patches));
	for (const client of CLIENTS.filter(({ name }) => has(name, values.client))) {
		const rounds: Round[] = [];
		for (let round = 0; round < ROUNDS; round++) rounds.push(await play(client, build?.url ?? "close"));
		rows.push([client.name, sequence, ...cells(rounds)]);
		console.error(rows.at(-1)?.join(" | "));
	}
	await build?.remove();
}
console.log(`Node ${process.version}, ${ROUNDS} shutdowns each`);
// All sequences of each client.
rows.sort(([a], [b]) => CLIENTS.findIndex(({ name }) => name === a) - CLIENTS.findIndex(({ name }) => name === b));
console.log(
	markdownTable([
		[
			"client",
			"server ends by",
			"executed",
			"answered",
			"refused",
			"executed, not answered",
			"failed otherwise",
			"exit ms, worst",
		],
		...rows,
	]),
);

function cells(rounds: readonly Round[]): string[] {
	const sum = (of: (round: Round) => number): string =>
		rounds.reduce((all, round) => all + of(round), 0).toLocaleString("en");
	const failed = new Map<string, number>();
	for (const { outcomes } of rounds)
		for (const [what, count] of outcomes.failed) failed.set(what, (failed.get(what) ?? 0) + count);
	return [
		sum(({ executed }) => executed),
		sum(({ outcomes }) => outcomes.answered),
		sum(({ outcomes }) => outcomes.refused),
		sum(({ executed, outcomes }) => Math.max(0, executed - outcomes.answered)),
		[...failed].map(([what, count]) => `${count} × ${what}`).join(", ") || "none",
		Math.max(...rounds.map(({ exitMs }) => exitMs)).toFixed(0),
	];
}
