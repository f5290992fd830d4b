// `npm run races -- [--rounds 20] [--load text] [--scheme http|https|h2c|h2] [--kind lastcall|bare] [--seed n] [--grace ms]`
import { parseArgs } from "node:util";
import { allLoadsOf } from "./loads.ts";
import { type RaceResult, race } from "./race.ts";
import type { Scheme } from "./target.ts";

const { values } = parseArgs({
	options: {
		rounds: { type: "string", default: "20" },
		seed: { type: "string", default: "1" },
		load: { type: "string", default: "" },
		grace: { type: "string" },
		scheme: { type: "string" },
		kind: { type: "string" },
	},
});
const rounds = Number(values.rounds);
const kinds = (["lastcall", "bare"] as const).filter((kind) => (values.kind ?? kind) === kind);
const schemes = (["http", "https", "h2c", "h2"] as const).filter((scheme) => (values.scheme ?? scheme) === scheme);
const columns = [54, 7, 10, 10, 8, 9, 14, 8, 14, 22, 25, 14, 24];

console.log(`Node ${process.version}, ${rounds} shutdowns each`);
print([
	"load",
	"scheme",
	"target",
	"requests",
	"lost",
	"refused",
	"behind close",
	"goaway",
	"refused-stream",
	"executed, not answered",
	"listener closed ms, worst",
	"exit ms, worst",
	"after last response, worst",
]);
let lostByUs = 0;
for (const scheme of schemes) {
	for (const load of Object.keys(allLoadsOf(scheme)).filter((name) => name.includes(values.load))) {
		for (const kind of kinds) await row(load, scheme, kind);
	}
}
process.exitCode = lostByUs > 0 ? 1 : 0;

async function row(load: string, scheme: Scheme, kind: "lastcall" | "bare"): Promise<void> {
	const results: RaceResult[] = [];
	for (let round = 0; round < rounds; round++) {
		const result = await race(
			{ scheme, kind, gracePeriodMs: Number(values.grace ?? (kind === "bare" ? 3_000 : 10_000)) },
			load,
			Number(values.seed) + round,
		);
		results.push(result);
		if (kind === "lastcall") for (const line of result.lost.slice(0, 5)) console.error(line);
	}
	const sum = (of: (result: RaceResult) => number): number => results.reduce((all, result) => all + of(result), 0);
	const lost = sum(({ tally }) => tally.lost);
	const unanswered = sum(({ executedUnanswered }) => executedUnanswered);
	const wronglyClosed = sum(({ closeCodes }) => closeCodes.filter((code) => code !== 1001).length);
	if (kind === "lastcall") lostByUs += lost + unanswered + wronglyClosed;
	print([
		load,
		scheme,
		kind,
		sum(({ tally }) => tally.answered + tally.lost),
		lost,
		sum(({ tally }) => tally.refused),
		sum(({ tally }) => tally.behindClose),
		sum(({ refused }) => refused.goaway),
		sum(({ refused }) => refused.refusedStream),
		kind === "bare" ? "" : unanswered,
		worst(results.map(({ listenerClosedMs }) => listenerClosedMs)),
		worst(results.map(({ exitMs }) => exitMs)),
		worst(results.map(({ afterLastAnswerMs }) => afterLastAnswerMs)),
	]);
}

/** The longest of the known times. */
function worst(times: readonly number[]): string {
	const known = times.filter(Number.isFinite);
	return known.length === 0 ? "" : Math.max(...known).toFixed(0);
}

function print(cells: readonly unknown[]): void {
	console.log(
		cells
			.map((cell, i) => (i < 3 ? String(cell).padEnd(columns[i] ?? 0) : String(cell).padStart(columns[i] ?? 0)))
			.join("  "),
	);
}
