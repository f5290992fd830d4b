// `npm run bench:http2`: what different HTTP/2 clients see of a server that is told to stop under their load. Linux, with
// chromium, curl and nghttp2-client.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { markdownTable } from "markdown-table";
import { generate } from "selfsigned";
import type { Http2Client, Outcomes } from "./http2/client.ts";
import { chromium } from "./http2/clients/chromium.ts";
import { curl } from "./http2/clients/curl.ts";
import { grpc } from "./http2/clients/grpc.ts";
import { h2load } from "./http2/clients/h2load.ts";
import { node } from "./http2/clients/node.ts";

const { values } = parseArgs({
	options: { rounds: { type: "string", default: "10" }, client: { type: "string", default: "" } },
});
const CLIENTS: readonly Http2Client[] = [node, h2load, curl, chromium, grpc];
const ROUNDS = Number(values.rounds);
const program = fileURLToPath(new URL("./http2/server.js", import.meta.url));
const certificate = await generate([{ name: "commonName", value: "localhost" }], { keySize: 2048 });

interface Round {
	readonly outcomes: Outcomes;
	/** What the server was handed, and what it has answered. */
	readonly executed: number;
	readonly answered: number;
}

async function play({ server, start }: Http2Client, end: string): Promise<Round> {
	const child = spawn(process.execPath, [program, server, end], {
		stdio: ["ignore", "ignore", "inherit", "ipc"],
		env: { ...process.env, TLS_KEY: certificate.private, TLS_CERT: certificate.cert },
	});
	const [{ port }] = (await once(child, "message")) as [{ port: number }];
	const account = once(child, "message") as Promise<[{ executed: number; answered: number }]>;
	const { ended } = await start(port);
	// h2load and curl take their time to begin.
	await setTimeout(800 + Math.random() * 200);
	child.kill("SIGTERM");
	const [{ executed, answered }] = await account;
	const outcomes = await ended;
	return { outcomes, executed, answered };
}

const rows: string[][] = [];
for (const client of CLIENTS.filter(({ name }) => name.toLowerCase().includes(values.client.toLowerCase()))) {
	for (const end of ["lastcall", "close"]) {
		const rounds: Round[] = [];
		for (let round = 0; round < ROUNDS; round++) rounds.push(await play(client, end));
		const sum = (of: (round: Round) => number): number => rounds.reduce((all, round) => all + of(round), 0);
		const failed = new Map<string, number>();
		for (const { outcomes } of rounds)
			for (const [what, count] of outcomes.failed) failed.set(what, (failed.get(what) ?? 0) + count);
		rows.push([
			client.name,
			end,
			sum(({ executed }) => executed).toLocaleString("en"),
			sum(({ outcomes }) => outcomes.answered).toLocaleString("en"),
			sum(({ outcomes }) => outcomes.refused).toLocaleString("en"),
			sum(({ executed, outcomes }) => Math.max(0, executed - outcomes.answered)).toLocaleString("en"),
			[...failed].map(([what, count]) => `${count} × ${what}`).join(", ") || "none",
		]);
		console.error(rows.at(-1)?.join(" | "));
	}
}
console.log(`Node ${process.version}, ${ROUNDS} shutdowns each`);
console.log(
	markdownTable([
		["client", "server ends by", "executed", "answered", "refused", "executed, not answered", "failed otherwise"],
		...rows,
	]),
);
