import { markdownTable } from "markdown-table";
import type { LostRow } from "../results.ts";
import { SUBJECTS } from "../subjects.ts";
import { lostPerStop, PANELS } from "./charts.ts";
import { integer } from "./numbers.ts";

const MARKER = "<!-- bench:lost -->";
/** The rows of the README. */
const KEYS = ["lastcall", "close", "close-with-grace", "http-graceful-shutdown", "terminus", "stoppable"];

function cell(row: LostRow, loads: readonly string[]): string {
	const lost = lostPerStop(row, loads);
	return lost === null ? "–" : lost === 0 ? "**0**" : integer(Math.max(1, lost));
}

/** The README with the table after its marker written anew, in as many lines. Without a marker, or without a row, as it was. */
export function withLostTable(readme: string, rows: Readonly<Record<string, LostRow>>): string {
	const found = KEYS.flatMap((key) => SUBJECTS.filter((subject) => subject.key === key && rows[key] !== undefined));
	if (!readme.includes(MARKER) || found.length < KEYS.length) return readme;
	const head = ["", ...Object.keys(PANELS)];
	const lines = found.map(({ key, name }) => [
		key === "lastcall" ? `**${name}**` : name,
		...Object.values(PANELS).map((loads) => cell(rows[key] ?? {}, loads)),
	]);
	const table = markdownTable([head, ...lines], { align: ["l", ...Object.keys(PANELS).map(() => "r")], padding: true });
	const [before = "", after = ""] = readme.split(MARKER);
	return before + MARKER + after.replace(/(?:^\|.*\n)+/m, `${table}\n`);
}
