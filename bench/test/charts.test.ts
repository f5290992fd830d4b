import { deepEqual, equal, match, ok } from "node:assert/strict";
import { describe, it } from "node:test";
import { DOMParser } from "linkedom";
import { barChart } from "../compare/report/bar-chart.ts";
import { charts, lostPerStop } from "../compare/report/charts.ts";
import { page } from "../compare/report/page.ts";
import { withLostTable } from "../compare/report/readme.ts";
import type { Results } from "../compare/results.ts";

const about = {
	date: "2026-01-02T03:04:05.000Z",
	isQuick: true,
	rounds: 1,
	versions: { "Node.js": "24.0.0" },
	machine: { cpu: "a <fast> & small one", cores: 2, memoryGb: 8, system: "Linux", loadAverage: 0.5 },
};
const cell = (lost: number, exitMs = 500) => ({ sent: 1_000, lost, stops: 2, exitMs, ends: ["0"] });
const results: Results = {
	lost: {
		...about,
		rows: {
			lastcall: { "http-0": cell(0), ws: cell(3, 900) },
			close: { "http-0": cell(80), "http-2": cell(20) },
			go: {},
		},
	},
	cost: {
		...about,
		rows: {
			lastcall: { instructions: 52_500, connectionBytes: 4_000, importCpuMs: 9, modules: 2, installedBytes: 300_000 },
			close: { instructions: 50_000, connectionBytes: 2_900, installedBytes: 0 },
			terminus: { instructions: 51_000, connectionBytes: 2_900, importCpuMs: 3, modules: 4, installedBytes: 50_000 },
		},
	},
	scale: {
		...about,
		rows: {
			lastcall: { "100": { exitMs: 1_200, longestTurnMs: 3, cpuMs: 50 } },
			close: { "100": { exitMs: 40, longestTurnMs: null, cpuMs: 9 } },
		},
	},
};

/** Fails where a tag is not closed by its own name: what makes a file no XML at all. */
function assertWellFormed(svg: string): void {
	const open: string[] = [];
	for (const [, closing, name = "", own] of svg.matchAll(/<(\/?)([\w:-]+)(?:\s+[\w:-]+="[^"<]*")*\s*(\/?)>/g)) {
		if (closing) equal(open.pop(), name);
		else if (!own) open.push(name);
	}
	deepEqual(open, []);
	equal(svg.replace(/<\/?[\w:-]+(?:\s+[\w:-]+="[^"<]*")*\s*\/?>/g, "").includes("<"), false);
	ok(!/&(?!(lt|gt|amp|quot|apos|#\d+|#x[\da-f]+);)/i.test(svg));
}

describe("charts", () => {
	it("are one well-formed SVG for each part", () => {
		const files = charts(results);
		deepEqual(Object.keys(files), ["bench-lost.svg", "bench-cost.svg", "bench-scale.svg"]);
		for (const svg of Object.values(files)) {
			assertWellFormed(svg);
			const root = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
			equal(root?.getAttribute("xmlns"), "http://www.w3.org/2000/svg");
			match(svg, /prefers-color-scheme: dark/);
		}
	});

	it("escape what names hold", () => {
		const bar = { row: "<a> & b", panel: 'p"q', share: 1, label: "1 < 2", isOurs: false };
		const svg = barChart({ title: "a < b & c", bars: [bar] });
		assertWellFormed(svg);
		ok(svg.includes("&lt;a&gt; &amp; b"));
		ok(svg.includes("a &lt; b &amp; c"));
	});

	it("show the loss in one stop", () => {
		equal(lostPerStop(results.lost?.rows.close ?? {}, ["http-0", "http-2"]), 25);
		equal(lostPerStop(results.lost?.rows.close ?? {}, ["ws"]), null);
	});

	it("leave out what has no results", () => {
		deepEqual(Object.keys(charts({ ...(results.lost && { lost: results.lost }) })), ["bench-lost.svg"]);
	});
});

describe("the table of the README", () => {
	const readme = "Lost: <!-- bench:lost -->\n\n| old |\n| --- |\n| a |\n\n| another |\n| --- |\n";
	const row = { "http-0": cell(1), "https-0": cell(0) };
	const keys = ["lastcall", "close", "close-with-grace", "http-graceful-shutdown", "terminus", "stoppable"];

	it("is the one after the marker", () => {
		const text = withLostTable(readme, Object.fromEntries(keys.map((key) => [key, row])));
		match(text, /^Lost: <!-- bench:lost -->\n\n\| +\| +http \|/);
		match(text, /^\| \*\*lastcall\*\* +\| +1 \| +\*\*0\*\* \| +– \|/m);
		ok(text.endsWith("|\n\n| another |\n| --- |\n"));
		equal(text.includes("| a |"), false);
	});

	it("stays as it was without a marker, or without a peer's results", () => {
		equal(withLostTable("| a |\n", Object.fromEntries(keys.map((key) => [key, row]))), "| a |\n");
		equal(withLostTable(readme, { lastcall: row }), readme);
	});
});

describe("the page", () => {
	const text = page(results);

	it("names the worst figures of lastcall", () => {
		match(text, /3 of 1,000 requests lost under "64 WebSockets"; up to 0\.90 s to exit \(64 WebSockets\)/);
		match(text, /installed size, 6\.00× the smallest/);
		match(text, /1\.20 s until the exit with 100 idle connections, where Node\.js alone takes 0\.04 s/);
	});

	it("has a row for a peer that could not run", () => {
		match(text, /^\| Go, `Shutdown` .*not run: its toolchain is not installed here/m);
	});

	it("says when, with what and on which machine", () => {
		match(text, /2026-01-02, 1 stop \(`--quick`\), a <fast> & small one with 2 cores/);
		match(text, /Node\.js 24\.0\.0/);
	});
});
