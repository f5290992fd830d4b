import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import * as lastcall from "lastcall";
import * as testing from "lastcall/testing";
import { DEFAULTS } from "#src/core/time-options.js";
import { CHECK_DEFAULTS } from "#src/health/checks.js";

/** Relative to `test/dist`, where this runs. */
const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

test("lastcall exports these values, and no others", () => {
	assert.deepEqual(Object.keys(lastcall).sort(), ["StoppedError", "createService", "run"]);
});

test("lastcall/testing exports these values, and no others", () => {
	assert.deepEqual(Object.keys(testing).sort(), ["FakeClock", "TestService", "assertFinished", "startService"]);
});

test("lastcall exports these types, and no others", () => {
	const exported = [...read("lib/index.d.cts").matchAll(/^export\s+(?:type\s+)?\{([^}]*)\}/gm)].flatMap(
		([, names = ""]) => names.split(",").map((name) => name.trim()),
	);
	const types = exported.filter((name) => !(name in lastcall));
	assert.deepEqual(types.sort(), [
		"AnyStream",
		"BunServer",
		"CheckFunction",
		"CheckOptions",
		"CheckResult",
		"CloserReport",
		"ClosingMessage",
		"DenoServer",
		"DiagnosticsMessage",
		"DispatcherLike",
		"Done",
		"EndedEarly",
		"EndedEarlyReason",
		"Failure",
		"Group",
		"GrpcServer",
		"HardStop",
		"HealthFetch",
		"HealthHandler",
		"HealthOptions",
		"HealthProbes",
		"HostedService",
		"Http2Server",
		"HttpServer",
		"InFlight",
		"ListeningServer",
		"Log",
		"Logger",
		"NetServer",
		"Observed",
		"Phase",
		"PhaseTime",
		"ProtocolOptions",
		"ResponseLike",
		"RunOptions",
		"Servable",
		"Service",
		"ServiceEvent",
		"ServiceOptions",
		"ShutdownReport",
		"Snapshot",
		"SocketIoServerLike",
		"StopReason",
		"TimeOptions",
		"Usable",
		"Warning",
		"WebSocketServerLike",
	]);
	assert.doesNotMatch(read("src/index.ts"), /export \*/, "a list that was not written by hand");
});

test("no string of the published code is broken over two lines", () => {
	for (const name of ["auto", "index", "lastcall", "program", "testing"]) {
		// rollup indents the code of a CommonJS module, and the second half of such a string with it.
		assert.doesNotMatch(read(`lib/${name}.cjs`), /\\\r?\n/, name);
	}
});

test("only these entry points of the package can be imported", () => {
	const { exports } = JSON.parse(read("package.json")) as { exports: object };
	assert.deepEqual(Object.keys(exports), [".", "./auto", "./testing"]);
});

test("import and require load the same code: there is one copy of its state", () => {
	const require = createRequire(import.meta.url);
	const { StoppedError, createService, run } = require("lastcall") as typeof lastcall;
	assert.deepEqual({ StoppedError, createService, run }, { ...lastcall });
	const { FakeClock, TestService, assertFinished, startService } = require("lastcall/testing") as typeof testing;
	assert.deepEqual({ FakeClock, TestService, assertFinished, startService }, { ...testing });
});

test("the defaults in the documentation are those in the code", () => {
	const documented = new Map(documentedDefaults(read("src/core/time-options.ts")));
	assert.deepEqual([...documented.keys()].sort(), Object.keys(DEFAULTS).sort());
	const ofChecks = new Map(documentedDefaults(read("src/health/checks.ts")));
	for (const [name, value] of Object.entries(CHECK_DEFAULTS)) assert.equal(numberIn(ofChecks.get(name) ?? ""), value);
	for (const [name, value] of Object.entries(DEFAULTS)) {
		const words = documented.get(name) ?? "";
		if (typeof value === "number") {
			assert.equal(numberIn(words), value, name);
			continue;
		}
		for (const gracePeriodMs of [1, 1_000, 10_000, 30_000, 50_000, 3_600_000]) {
			assert.equal(value(gracePeriodMs), partIn(words, gracePeriodMs), `${name}: ${words}`);
		}
	}
});

/** The name and the `@default` of each option: a doc comment, then the property that it is about. */
function* documentedDefaults(source: string): Iterable<[name: string, words: string]> {
	for (const [, comment = "", name = ""] of source.matchAll(
		/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*(?:readonly\s+)?(\w+)\??\s*:/g,
	)) {
		const [, words] = /@default\s+([\s\S]*?)\s*(?=\n\s*\*\s*@|$)/.exec(comment) ?? [];
		if (words !== undefined) yield [name, words.replace(/\s*\n\s*\*\s*/g, " ")];
	}
}

const PARTS: Record<string, number> = { tenth: 10, fifth: 5, quarter: 4, third: 3, half: 2 };

/** "a tenth of `gracePeriodMs`, at most 5_000", and then what holds in special cases. */
function partIn(words: string, gracePeriodMs: number): number {
	const [, part = "", , most] = /^an? (\w+) of `gracePeriodMs`(, at most ([\d_]+))?/.exec(words) ?? [];
	const divisor = PARTS[part];
	assert.ok(divisor, `not understood: "${words}"`);
	return Math.min(gracePeriodMs / divisor, most === undefined ? Infinity : numberIn(most));
}

function numberIn(words: string): number {
	const [number] = /^\d[\d_]*/.exec(words) ?? assert.fail(`not a number: "${words}"`);
	return Number(number.replaceAll("_", ""));
}
