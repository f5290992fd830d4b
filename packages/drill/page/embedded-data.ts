import type { DrillReport } from "#src/record/drill-report.js";
import type { PageRound } from "#src/report/page-data.js";

/** Returns the report that is embedded in the page. */
export function embeddedReport(): DrillReport {
	return parse("report") as DrillReport;
}

/** Returns a round's requests and connections. Parsed only when needed, since they can be many megabytes. */
export function embeddedRound(index: number): PageRound {
	return parse(`round-${index}`) as PageRound;
}

function parse(id: string): unknown {
	return JSON.parse(document.getElementById(id)?.textContent ?? "null");
}
