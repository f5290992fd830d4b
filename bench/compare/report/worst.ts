import { LOADS } from "../loads.ts";
import type { CostRow, LostRow, ScaleCell } from "../results.ts";
import { integer, seconds, times } from "./numbers.ts";

type Rows<Row> = Readonly<Record<string, Row>>;

/** A sentence with the load under which lastcall lost the largest share. */
export function worstLost({ lastcall = {} }: Rows<LostRow>): string {
	const cells = LOADS.flatMap((load) => {
		const cell = lastcall[load.key];
		return cell === undefined ? [] : [{ name: load.name, share: cell.lost / cell.sent, ...cell }];
	});
	const [worst] = cells.sort((a, b) => b.share - a.share);
	if (worst === undefined) return "";
	const slowest = cells.reduce((a, b) => (b.exitMs > a.exitMs ? b : a));
	const loss =
		worst.lost === 0
			? `none of ${integer(cells.reduce((sum, { sent }) => sum + sent, 0))} requests lost`
			: `${integer(worst.lost)} of ${integer(worst.sent)} requests lost under "${worst.name}"`;
	return `**The worst figure of lastcall:** ${loss}; up to ${seconds(slowest.exitMs)} to exit (${slowest.name}).`;
}

/** The field of the cost in which lastcall is furthest from the best library. */
export function worstCost(rows: Rows<CostRow>): string {
	const names: Rows<string> = {
		instructions: "instructions per request",
		connectionBytes: "bytes per connection",
		importCpuMs: "CPU time of the import",
		importBytes: "heap of the import",
		modules: "files loaded by the import",
		installedBytes: "installed size",
		packages: "packages",
	};
	const ratios = (Object.keys(names) as (keyof CostRow)[]).flatMap((field) => {
		const ours = rows.lastcall?.[field];
		const others = Object.entries(rows)
			.filter(([key, row]) => key !== "lastcall" && (row[field] ?? 0) > 0)
			.map(([, row]) => row[field] as number);
		return ours === undefined || others.length === 0 ? [] : [{ field, ratio: ours / Math.min(...others) }];
	});
	const [worst] = ratios.sort((a, b) => b.ratio - a.ratio);
	if (worst === undefined) return "";
	return `**The worst figure of lastcall:** ${names[worst.field]}, ${times(worst.ratio)} the smallest of this table.`;
}

/** The longest shutdown of lastcall, beside that of Node.js alone. */
export function worstScale({ lastcall = {}, close = {} }: Rows<Rows<ScaleCell>>): string {
	const [worst] = Object.entries(lastcall).sort(([, a], [, b]) => b.exitMs - a.exitMs);
	if (worst === undefined) return "";
	const [count, { exitMs }] = worst;
	const bare = close[count]?.exitMs;
	const beside = bare === undefined ? "" : `, where Node.js alone takes ${seconds(bare)}`;
	return (
		`**The worst figure of lastcall:** ${seconds(exitMs)} until the exit with ${integer(Number(count))} idle connections${beside}. ` +
		"It keeps them open for its linger, in case a request is on its way, and spreads their ends."
	);
}
