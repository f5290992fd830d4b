import type { CostRow, LostRow, Results, ScaleCell } from "../results.ts";
import { SUBJECTS } from "../subjects.ts";
import { type Bar, barChart } from "./bar-chart.ts";
import { integer, kilobytes, times } from "./numbers.ts";

/** The loads of each panel. */
export const PANELS: Readonly<Record<string, readonly string[]>> = {
	http: ["http-0", "http-2", "http-pausing", "http-upload", "http-slow"],
	https: ["https-0", "https-2"],
	http2: ["h2-0", "h2-2"],
	WebSockets: ["ws"],
	"event streams": ["events", "events-end"],
};

type Values = ReadonlyMap<string, number | null>;

/** The bars of one panel: each peer's value, beside the largest. */
function panel(name: string, values: Values, label: (value: number) => string): Bar[] {
	const largest = Math.max(...[...values.values()].map((value) => value ?? 0), Number.MIN_VALUE);
	return [...values].map(([key, value]) => ({
		row: (SUBJECTS.find((subject) => subject.key === key)?.name ?? key).replaceAll("`", ""),
		panel: name,
		share: value === null ? null : value / largest,
		label: value === null ? "–" : label(value),
		isOurs: key === "lastcall",
	}));
}

/** Every peer of a part with what `of` takes of its row. */
function column<Row>(rows: Readonly<Record<string, Row>>, of: (row: Row) => number | null | undefined): Values {
	const keys = SUBJECTS.map(({ key }) => key).filter((key) => rows[key] !== undefined);
	return new Map(keys.map((key) => [key, of(rows[key] as Row) ?? null]));
}

/** Requests lost in one stop, on average over some loads; `null` without any. */
export function lostPerStop(row: LostRow, loads: readonly string[]): number | null {
	const cells = loads.map((load) => row[load]).filter((cell) => cell !== undefined);
	const stops = cells.reduce((sum, cell) => sum + cell.stops, 0);
	return stops === 0 ? null : cells.reduce((sum, cell) => sum + cell.lost, 0) / stops;
}

function lostChart(rows: Readonly<Record<string, LostRow>>): string {
	const served = Object.fromEntries(Object.entries(rows).filter(([, row]) => Object.keys(row).length > 0));
	const bars = Object.entries(PANELS).flatMap(([name, loads]) =>
		panel(
			name,
			column(served, (row) => lostPerStop(row, loads)),
			(lost) => (lost > 0 && lost < 10 ? lost.toFixed(1) : integer(lost)),
		),
	);
	return barChart({ title: "Requests lost in one stop, by protocol: lastcall and its peers", bars });
}

function costChart(rows: Readonly<Record<string, CostRow>>): string {
	const bare = rows.close?.instructions ?? Number.NaN;
	const ratios = column(rows, ({ instructions }) => instructions && instructions / bare);
	const isCounted = Object.values(rows).some(({ instructions }) => instructions !== undefined);
	const bars = [
		...(isCounted ? panel("instructions per request", ratios, times) : []),
		...panel(
			"bytes per connection",
			column(rows, (row) => row.connectionBytes),
			integer,
		),
		...panel(
			"import, ms of CPU",
			column(rows, (row) => row.importCpuMs),
			integer,
		),
		...panel(
			"installed, kB",
			column(rows, (row) => row.installedBytes),
			kilobytes,
		),
	];
	return barChart({ title: "What lastcall and its peers cost a program", bars });
}

function scaleChart(rows: Readonly<Record<string, Readonly<Record<string, ScaleCell>>>>): string {
	const exits = (count: string): Bar[] =>
		panel(
			`${integer(Number(count))} connections`,
			column(rows, (row) => row[count]?.exitMs),
			integer,
		);
	const turns = column(rows, (row) => row["10000"]?.longestTurnMs);
	const bars = [
		...["100", "1000", "10000"].flatMap(exits),
		...panel("10,000: longest turn", turns, integer),
		...panel(
			"10,000: CPU",
			column(rows, (row) => row["10000"]?.cpuMs),
			integer,
		),
	];
	return barChart({ title: "From the signal to the exit with idle connections, in milliseconds", bars });
}

/** The chart of each part that has results, named by the file. */
export function charts({ lost, cost, scale }: Results): Record<string, string> {
	return {
		...(lost && { "bench-lost.svg": lostChart(lost.rows) }),
		...(cost && { "bench-cost.svg": costChart(cost.rows) }),
		...(scale && { "bench-scale.svg": scaleChart(scale.rows) }),
	};
}
