import type { DrillReport, TargetReport } from "#src/record/drill-report.js";
import type { Reason } from "#src/record/verdict.js";
import { element } from "./element.ts";
import { countOf, countText, durationText } from "./number-text.ts";
import type { Fact } from "./request-text.ts";

/** The top of the page: the verdict, the target and the reasons. */
export function verdictHeader(report: DrillReport): HTMLElement {
	const { passed, reasons } = report.verdict;
	const { lost, refused } = report.tally;
	const total = report.tally.total - refused;
	const word = element("span", { class: `verdict ${passed ? "passed" : "failed"}` }, passed ? "✓ Passed" : "✕ Failed");
	const sum =
		lost === 0
			? `none of ${countOf(total, "request")} lost`
			: `${countText(lost)} of ${countOf(total, "request")} lost`;
	const header = element("header", {}, element("h1", {}, word, ` ${sum}`), factList(targetFacts(report)));
	if (reasons.length > 0) header.append(reasonList(reasons, report.rounds.length));
	return header;
}

/** A list of names and values. */
export function factList(facts: readonly Fact[]): HTMLElement {
	return element(
		"dl",
		{ class: "facts" },
		...facts.map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value))),
	);
}

function targetFacts({ target, drill, rounds, startedAt, durationMs }: DrillReport): Fact[] {
	const facts: Fact[] = [
		["Target", targetText(target)],
		["URL", target.url],
	];
	if (target.stopCommand !== undefined) facts.push(["Stop command", target.stopCommand]);
	facts.push(["Grace period", durationText(target.graceMs)]);
	if (rounds.length > 1) facts.push(["Rounds", countText(rounds.length)]);
	facts.push(["Drilled", `${startedAt.replace("T", " ").replace(/\.\d+Z$/, " UTC")}, ${durationText(durationMs)}`]);
	facts.push(["By", `lastcall-drill ${drill.version}, Node.js ${drill.node.replace(/^v/, "")}, ${drill.platform}`]);
	return facts;
}

function targetText({ command, pid }: TargetReport): string {
	if (command) return command.map((word) => (/^[\w./:=@%+,-]+$/.test(word) ? word : JSON.stringify(word))).join(" ");
	return pid === undefined ? "a server that was running" : `process ${pid}`;
}

function reasonList(reasons: readonly Reason[], rounds: number): HTMLElement {
	const items = reasons.map(({ what, advice, link, code, fails, rounds: shownIn }) => {
		const where = rounds > 1 ? ` (round ${shownIn.join(", ")})` : "";
		return element(
			"li",
			fails ? {} : { class: "tolerated" },
			element("p", { class: "what" }, `${what}${where}.`),
			element("p", { class: "advice" }, `${advice}. `, linkTo(link, code)),
		);
	});
	return element("section", { "aria-label": "Reasons" }, element("ol", { class: "reasons" }, ...items));
}

/** A link, if the target is a web page; otherwise the text. */
function linkTo(link: string, text: string): HTMLElement {
	const isPage = URL.canParse(link) && /^https?:$/.test(new URL(link).protocol);
	return isPage ? element("a", { href: link, rel: "noreferrer" }, text) : element("code", {}, text);
}
