import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { embeddedRound } from "./embedded-round.ts";
import type { PageData } from "./page-data.ts";

/**
 * Yields the HTML page in parts, for `writeFile(path, htmlPage(data))`: only one round's columns are in memory at a time. The page
 * works offline. Its policy lets it run only its own script and load nothing. Nothing in the data is taken for markup.
 */
export function* htmlPage(data: PageData): Generator<string> {
	const script = asset("page.js");
	const style = asset("page.css");
	const { passed } = data.report.verdict;
	const { lost, total } = data.report.tally;
	const policy = [
		"default-src 'none'",
		`script-src '${hash(script)}'`,
		`style-src '${hash(style)}'`,
		"base-uri 'none'",
		"form-action 'none'",
	].join("; ");
	const sentence = `${passed ? "Passed" : "Failed"}: ${lost} of ${total} requests lost`;
	yield `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${sentence} – lastcall-drill</title>
<style>${style}</style>
<body>
<noscript><h1>${sentence}</h1><p>The timeline needs JavaScript.</p></noscript>
`;
	yield* embedded("report", [JSON.stringify(data.report)]);
	let index = 0;
	for (const round of data.rounds) yield* embedded(`round-${index++}`, embeddedRound(round));
	yield `<script>${script}</script>
</html>
`;
}

/** A data block of JSON. It has no `<`, so that no value can end the block or begin a comment. */
function* embedded(id: string, json: Iterable<string>): Generator<string> {
	yield `<script type="application/json" id="${id}">`;
	for (const piece of json) yield piece.replaceAll("<", "\\u003c");
	yield "</script>\n";
}

function asset(name: string): string {
	return readFileSync(new URL(`../page/${name}`, import.meta.url), "utf8").trim();
}

function hash(text: string): string {
	return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
