import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { stripVTControlCharacters } from "node:util";
import { convert } from "xmlbuilder2";
import { drilled, folder, reported, server } from "../support/drill-process.ts";
import { schemaErrors } from "../support/schema-errors.ts";

const LOAD = ["-l", "back-to-back", "-l", "back-to-back,path=/other"];
const GOOD = [...LOAD, "--", ...server("loses-nothing")];
const BAD = [...LOAD, "--", ...server("exits-at-once")];

describe("the output", { concurrency: 2 }, () => {
	it("is a line for each round, a table and the verdict, without control sequences if there is no terminal", async (t) => {
		const { stdout, stderr } = await drilled(t, ["--rounds", "2", ...GOOD]);
		assert.match(
			stderr,
			/^round 1: exit 0 after [\d.]+ m?s, [\d,]+ requests, none lost\nround 2: exit 0 after .*, none lost\n$/,
		);
		assert.match(
			stdout,
			/^\nload +requests +answered .*\nback-to-back +[\d,]+ .*\nback-to-back \/other +[\d,]+ .*\nall .*\n\nPASS none of .* in 2 rounds was lost\n$/,
		);
		assert.equal(stripVTControlCharacters(stdout + stderr), stdout + stderr);
		assert.doesNotMatch(stdout + stderr, /\r/);
	});

	it("is the verdict alone with --quiet", async (t) => {
		const good = await drilled(t, ["--quiet", ...GOOD]);
		assert.equal(good.stderr, "");
		assert.match(good.stdout, /^PASS none of [\d,]+ requests in 1 round was lost\n$/);
		const bad = await drilled(t, ["--quiet", ...BAD]);
		assert.equal(bad.stderr, "");
		assert.match(bad.stdout, /^FAIL [\d,]+ of [\d,]+ requests in 1 round were lost\n\n✗ /);
	});

	it("has colors with FORCE_COLOR, and none with NO_COLOR", async (t) => {
		const forced = await drilled(t, GOOD, { env: { FORCE_COLOR: "1" } });
		assert.notEqual(stripVTControlCharacters(forced.stdout), forced.stdout);
		const plain = await drilled(t, GOOD, { env: { NO_COLOR: "1" } });
		assert.equal(stripVTControlCharacters(plain.stdout), plain.stdout);
	});

	it("includes the target's output with --verbose", async (t) => {
		const { stderr } = await drilled(t, ["-v", "-l", "back-to-back", "--", ...server("has-two-ports")]);
		assert.match(stderr, /^serves on \d+\.$/m);
	});
});

describe("the files", { concurrency: 2 }, () => {
	for (const [what, args] of Object.entries({ good: GOOD, bad: BAD })) {
		it(`of a ${what} drill are what they should be`, async (t) => {
			const to = folder(t);
			const [junit, summary, trace] = [join(to, "junit.xml"), join(to, "summary.md"), join(to, "trace.json")];
			writeFileSync(summary, "before\n");
			const env = { GITHUB_STEP_SUMMARY: summary };
			const files = ["--junit", junit, "--trace", trace];
			const { report } = await reported(t, [...files, "--seed", "7", "--rounds", "2", ...args], { env });
			assert.equal(schemaErrors(report), "");
			assert.deepEqual(
				report.rounds.map(({ seed }) => seed),
				[7, 8],
			);
			const { testsuites } = convert(readFileSync(junit, "utf8"), { format: "object" }) as unknown as {
				testsuites: { testsuite: { "@tests": string; "@failures": string } };
			};
			const { "@tests": tests, "@failures": failures } = testsuites.testsuite;
			assert.deepEqual([tests, failures], ["2", what === "good" ? "0" : "2"]);
			const { traceEvents } = JSON.parse(readFileSync(trace, "utf8")) as { traceEvents: { cat?: string }[] };
			assert.equal(traceEvents.filter(({ cat }) => cat === "request").length, report.tally.total);
			const markdown = readFileSync(summary, "utf8");
			assert.match(markdown, /^before\n/);
			assert.match(markdown, what === "good" ? /PASS|passed/i : /FAIL|failed/i);
			assert.match(markdown, /^\| back-to-back /m);
		});
	}

	it("follow a config file, in the folder or named by --config; flags override it", async (t) => {
		const cwd = folder(t);
		const config = { command: server("loses-nothing"), load: ["back-to-back"], connections: 3, seed: 5, rounds: 2 };
		writeFileSync(join(cwd, "lastcall-drill.json"), JSON.stringify(config));
		const { code, report } = await reported(t, ["--rounds", "1"], { cwd });
		assert.equal(code, 0);
		assert.deepEqual(report.loads, ["back-to-back,connections=3"]);
		assert.deepEqual(
			report.rounds.map(({ seed }) => seed),
			[5],
		);
		writeFileSync(join(cwd, "other.json"), JSON.stringify({ ...config, seed: 6, rounds: 1 }));
		const named = await reported(t, ["--config", "other.json"], { cwd });
		assert.equal(named.report.rounds[0]?.seed, 6);
	});
});
