import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { readRound } from "#page/embedded-data.js";
import { htmlPage } from "#src/report/html-page.js";
import type { PageRound } from "#src/report/page-data.js";
import { samplePageData } from "./sample-page-data.ts";

function pageOf(options: Parameters<typeof samplePageData>[0] = {}): string {
	return [...htmlPage(samplePageData(options))].join("");
}

/** A round whose columns are arrays, whatever they were. */
function plainRound({ loads, notes, requests, connections }: PageRound): unknown {
	const plain = (columns: object) =>
		Object.entries(columns).map(([name, numbers]) => [name, Array.from(numbers as ArrayLike<number>)]);
	return { loads, notes, requests: plain(requests), connections: plain(connections) };
}

test("the data in the page is the data that was given", () => {
	const data = samplePageData({ rounds: 2, beforeMs: 20, path: "/<!--</script>\u2028" });
	const blocks = [
		...pageOf({ rounds: 2, beforeMs: 20, path: "/<!--</script>\u2028" }).matchAll(
			/<script type="application\/json" id="([\w-]+)">([^<]*)<\/script>/g,
		),
	];
	const parsed = blocks.map(([, id, json = ""]) => [
		id,
		id === "report" ? JSON.parse(json) : plainRound(readRound(json)),
	]);
	assert.deepEqual(parsed, [
		["report", JSON.parse(JSON.stringify(data.report))],
		...data.rounds.map((round, index) => [`round-${index}`, plainRound(round)]),
	]);
});

test("nothing but its own script and style may run or load", () => {
	const page = pageOf({ beforeMs: 5 });
	const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1];
	const hashOf = (text = "") => `sha256-${createHash("sha256").update(text).digest("base64")}`;
	const script = hashOf(/<script>([\s\S]*?)<\/script>/.exec(page)?.[1]);
	const style = hashOf(/<style>([\s\S]*?)<\/style>/.exec(page)?.[1]);
	assert.equal(
		policy,
		`default-src 'none'; script-src '${script}'; style-src '${style}'; base-uri 'none'; form-action 'none'`,
	);
	assert.equal(page.match(/<script>/g)?.length, 1);
});

test("without JavaScript it still says whether it passed", () => {
	assert.match(pageOf({ beforeMs: 5 }), /<noscript><h1>Failed: \d+ of \d+ requests lost<\/h1>/);
});
