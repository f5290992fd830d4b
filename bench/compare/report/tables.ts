import { markdownTable } from "markdown-table";
import { median } from "../../median.ts";
import { LOADS } from "../loads.ts";
import type { CostRow, LostCell, LostRow, ScaleCell } from "../results.ts";
import { SUBJECTS } from "../subjects.ts";
import { integer, kilobytes, seconds, times } from "./numbers.ts";

type Cells<Row> = (row: Row) => readonly string[];

/** A table with a line for each peer that has a row. */
function table<Row>(rows: Readonly<Record<string, Row>>, head: readonly string[], cells: Cells<Row>): string {
	const lines = SUBJECTS.flatMap(({ key, name }) => {
		const row = rows[key];
		return row === undefined ? [] : [[key === "lastcall" ? `**${name}**` : name, ...cells(row)]];
	});
	return markdownTable([["", ...head], ...lines], { align: ["l", ...head.map(() => "r")], padding: true });
}

function lost(cell: LostCell | undefined): string {
	if (cell === undefined) return "–";
	return `${cell.lost === 0 ? "**0**" : integer(cell.lost)} of ${integer(cell.sent)}`;
}

/** The requests lost of those that were sent, load by load, and how the program ended. */
export function lostTables(rows: Readonly<Record<string, LostRow>>): string {
	const groups = [LOADS.slice(0, 5), LOADS.slice(5, 9), LOADS.slice(9)];
	const losses = groups.map((loads) =>
		table(
			rows,
			loads.map(({ name }) => name),
			(row) => loads.map(({ key }) => lost(row[key])),
		),
	);
	const exits = table(rows, ["exit after: median", "longest", "exit codes"], (row) => {
		const cells = Object.values(row);
		if (cells.length === 0) return ["–", "–", "not run: its toolchain is not installed here"];
		const exitMs = cells.map((cell) => cell.exitMs);
		const ends = new Set(cells.flatMap((cell) => cell.ends));
		return [seconds(median(exitMs)), seconds(Math.max(...exitMs)), [...ends].join(", ")];
	});
	return [...losses, exits].join("\n\n");
}

/** What each peer costs a program, on Node.js. */
export function costTable(rows: Readonly<Record<string, CostRow>>): string {
	const bare = rows.close?.instructions ?? Number.NaN;
	const isCounted = Object.values(rows).some(({ instructions }) => instructions !== undefined);
	const head = [
		...(isCounted ? ["instructions per request", "to bare"] : []),
		"bytes per connection",
		"import: CPU, ms",
		"heap, kB",
		"files",
		"installed, kB",
		"packages",
	];
	const show = (value: number | undefined, how: (value: number) => string): string =>
		value === undefined ? "–" : how(value);
	return table(rows, head, (row) => [
		...(isCounted ? [show(row.instructions, integer), show(row.instructions, (count) => times(count / bare))] : []),
		show(row.connectionBytes, integer),
		show(row.importCpuMs, (ms) => ms.toFixed(1)),
		show(row.importBytes, kilobytes),
		show(row.modules, integer),
		show(row.installedBytes, kilobytes),
		show(row.packages, integer),
	]);
}

/** What a shutdown costs with many connections, on Node.js. */
export function scaleTable(rows: Readonly<Record<string, Readonly<Record<string, ScaleCell>>>>): string {
	const counts = ["100", "1000", "10000"];
	const columns = [
		["exit, ms", "exitMs"],
		["longest turn, ms of CPU", "longestTurnMs"],
		["CPU, ms", "cpuMs"],
	] as const;
	const head = counts.flatMap((count) => columns.map(([name]) => `${integer(Number(count))}: ${name}`));
	return table(rows, head, (row) =>
		counts.flatMap((count) =>
			columns.map(([, key]) => {
				const value = row[count]?.[key];
				return value === undefined || value === null ? "–" : integer(value);
			}),
		),
	);
}
