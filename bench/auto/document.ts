import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { markdownTable } from "markdown-table";
import { isUnclean, type Result, type Stops } from "./result.ts";

const PATH = fileURLToPath(new URL("../../../docs/auto-programs.md", import.meta.url));
const BEGIN = "<!-- The table is written by `npm run auto -- --docs`. -->\n";
const END = "<!-- End of the table. -->\n";

/** Some lines for the terminal. */
export function printResult({ title, missing, asIs, withFlag }: Result): void {
	console.log(`${title}${missing === undefined ? "" : `: ${missing}`}`);
	for (const [how, stops] of Object.entries({ "as it is": asIs, "with the flag": withFlag })) {
		if (stops === undefined) continue;
		const reasons = Object.entries(stops.reasons).map(([reason, count]) => `${count} ${reason}`);
		console.log(`  ${how}: ${cells(stops).join(", ")}${reasons.length === 0 ? "" : ` (${reasons.join(", ")})`}`);
	}
}

/** Puts the table in its place in the document. */
export function writeDocument(results: readonly Result[]): void {
	const document = readFileSync(PATH, "utf8");
	const begin = document.indexOf(BEGIN) + BEGIN.length;
	const end = document.indexOf(END);
	if (begin < BEGIN.length || end < begin) throw new Error(`${PATH}: there is no place for the table`);
	writeFileSync(PATH, `${document.slice(0, begin)}\n${table(results)}\n${document.slice(end)}`);
}

function table(results: readonly Result[]): string {
	const notes = results.filter((result) => result.missing ?? (isUnclean(result) && result.reason));
	const head = ["program", "version", "started by", "lost as it is", "exit, ms", "lost with the flag", "exit, ms"];
	const rows = results.map((result) => [
		`${result.title}${notes.includes(result) ? ` [${notes.indexOf(result) + 1}]` : ""}`,
		result.version ?? "",
		`\`${result.command}\``,
		...cells(result.asIs),
		...cells(result.withFlag, true),
	]);
	const lines = notes.map(
		({ reason, missing }, i) => `${i + 1}. ${missing === undefined ? reason : `Not measured: ${missing}`}`,
	);
	const align = ["l", "l", "l", "r", "l", "r", "l"];
	const table = markdownTable([head, ...rows], { align, alignDelimiters: false });
	return `${[table, lines.join("\n"), summary(results)].filter(Boolean).join("\n\n")}\n`;
}

/** The sums of the table, and where it was measured. */
function summary(results: readonly Result[]): string {
	const sums = [results.map(({ asIs }) => asIs), results.map(({ withFlag }) => withFlag)].map((all) => {
		const stops = all.filter((one) => one !== undefined);
		const sum = (of: (one: Stops) => number): string => stops.reduce((n, one) => n + of(one), 0).toLocaleString("en");
		return `${sum(({ lost }) => lost)} lost of ${sum(({ sent }) => sent)} requests in ${sum(({ exits }) => exits.length)} stops`;
	});
	const days = [...new Set(results.map(({ at }) => at.slice(0, 10)))].sort();
	const nodes = new Set(results.map(({ node, cpus }) => `Node.js ${node.slice(1)} and ${cpus} processors`));
	return `In all: as they are ${sums[0]}, with the flag ${sums[1]}. Measured with ${[...nodes].join("; ")}, ${days.join(", ")}.`;
}

/** Lost of sent, and how it ended. */
function cells(stops: Stops | undefined, isBold = false): [lost: string, exit: string] {
	if (stops === undefined) return ["", ""];
	const { lost, sent, exits, exitMs } = stops;
	const ends = [...new Set(exits)].map((exit) => {
		const count = exits.filter((each) => each === exit).length;
		return count === exits.length ? exit : `${exit} ×${count}`;
	});
	const [least, most] = [Math.min(...exitMs), Math.max(...exitMs)].map((ms) => ms.toLocaleString("en"));
	const count = lost === 0 && isBold ? "**0**" : lost.toLocaleString("en");
	return [
		`${count} / ${sent.toLocaleString("en")}`,
		`${ends.join(", ")}, ${least === most ? least : `${least}–${most}`}`,
	];
}
