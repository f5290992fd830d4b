// `npm run clients -- [--rounds 30] [--server text] [--seed n]`: each example, with lastcall and without, against the real
// server: SIGTERM under load, then the state of the server.
import { parseArgs } from "node:util";
import type { ClientExample } from "./client-example.ts";
import { examples } from "./examples/all.ts";
import { playRound, type RoundResult } from "./round.ts";
import { missing, RealServer } from "./server.ts";

const { values } = parseArgs({
	options: {
		rounds: { type: "string", default: process.env.LASTCALL_CLIENT_ROUNDS ?? "30" },
		server: { type: "string", default: "" },
		seed: { type: "string", default: "1" },
	},
});

const COLUMNS: Readonly<Record<string, (result: RoundResult) => number | undefined>> = {
	"in flight at the signal": ({ inFlight }) => inFlight,
	lost: ({ lost }) => lost.length,
	"half-written": ({ halfWritten }) => halfWritten.length,
	"run twice": ({ runTwice }) => runTwice.length,
	"still held": ({ held }) => held,
	"connections left": ({ connections }) => connections,
	"exit code not 0": ({ exit }) => (exit === 0 ? 0 : 1),
};

let leftByUs = 0;
console.log(`Node ${process.version}, ${values.rounds} shutdowns each, in all of them together:\n`);
console.log(`| server, client | | ${Object.keys(COLUMNS).join(" | ")} |`);
console.log(`| --- | --- |${" --- |".repeat(Object.keys(COLUMNS).length)}`);
for (const example of examples.filter(({ name }) => name.toLowerCase().includes(values.server.toLowerCase()))) {
	const reason = missing(example.server);
	if (reason === undefined) await rows(example);
	else console.log(`| ${example.name} | ${reason} |${" |".repeat(Object.keys(COLUMNS).length)}`);
}
process.exitCode = leftByUs > 0 ? 1 : 0;

async function rows(example: ClientExample): Promise<void> {
	const server = await RealServer.start(example.server);
	try {
		for (const withLastcall of [true, false]) {
			const results: RoundResult[] = [];
			for (let round = 0; round < Number(values.rounds); round++) {
				const seed = Number(values.seed) + round;
				const result = await playRound(example, server, { withLastcall, seed });
				results.push(result);
				if (withLastcall && leftBy(result) > 0) console.error(`seed ${seed}:`, result);
			}
			if (withLastcall) leftByUs += results.reduce((sum, result) => sum + leftBy(result), 0);
			const cells = Object.values(COLUMNS).map((count) => sumOf(results.map(count)));
			console.log(`| ${example.name} | ${withLastcall ? "lastcall" : "process.exit()"} | ${cells.join(" | ")} |`);
		}
	} finally {
		await server.stop();
	}
}

/** All but what was in flight at the signal must be 0. */
function leftBy(result: RoundResult): number {
	const [, ...others] = Object.values(COLUMNS);
	return others.reduce((sum, count) => sum + (count(result) ?? 0), 0);
}

function sumOf(counts: readonly (number | undefined)[]): number | string {
	return counts.includes(undefined) ? "–" : counts.reduce<number>((sum, count = 0) => sum + count, 0);
}
