import type { DrillReport } from "#src/record/drill-report.js";
import { type PageRound, UNITS_PER_MS } from "#src/report/page-data.js";
import { decodeColumn } from "./decode-column.ts";

/** A round as `embeddedRound` of the drill writes it. */
interface EmbeddedRound extends Pick<PageRound, "loads" | "notes"> {
	readonly requests: EmbeddedColumns<keyof PageRound["requests"]>;
	readonly connections: EmbeddedColumns<keyof PageRound["connections"]>;
}

type EmbeddedColumns<Name extends string> = { readonly length: number } & Readonly<Record<Name, string>>;

/** Returns the report that is embedded in the page. */
export function embeddedReport(): DrillReport {
	return JSON.parse(embedded("report")) as DrillReport;
}

/** Returns a round's requests and connections. Read only when needed, since they can be many megabytes. */
export function embeddedRound(index: number): PageRound {
	return readRound(embedded(`round-${index}`));
}

/** Reads a round that the drill has written. */
export function readRound(json: string): PageRound {
	const { loads, notes, requests, connections } = JSON.parse(json) as EmbeddedRound;
	return { loads, notes, requests: readColumns(requests), connections: readColumns(connections) };
}

function readColumns<Name extends string>({ length, ...texts }: EmbeddedColumns<Name>): Record<Name, Float64Array> {
	const columns = Object.entries(texts as Record<string, string>).map(([name, text]) => {
		const numbers = decodeColumn(text, length);
		return [name, name.endsWith("Ms") ? numbers.map((number) => number / UNITS_PER_MS) : numbers];
	});
	return Object.fromEntries(columns) as Record<Name, Float64Array>;
}

function embedded(id: string): string {
	return document.getElementById(id)?.textContent ?? "null";
}
