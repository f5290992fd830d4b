import type { DrillReport } from "#src/record/drill-report.js";
import type { PageRound } from "#src/report/page-data.js";

/** The report that is embedded in the page. */
export function embeddedReport(): DrillReport {
	return parse("report") as DrillReport;
}

/** A round's requests and connections. Parsed when asked for: they may be many megabytes. */
export function embeddedRound(index: number): PageRound {
	return parse(`round-${index}`) as PageRound;
}

function parse(id: string): unknown {
	return JSON.parse(document.getElementById(id)?.textContent ?? "null");
}
