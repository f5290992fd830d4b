import assert from "node:assert/strict";
import { test } from "node:test";
import type { ServiceEvent } from "#src/core/events.js";
import { jsonLines } from "#src/observe/json-lines.js";
import { CLEAN, Shop } from "./observed.ts";

function lineOf(event: ServiceEvent): Record<string, unknown> & { event: Record<string, unknown> } {
	const lines: string[] = [];
	jsonLines(
		7,
		(line) => lines.push(line),
		() => "2026-11-01T12:00:00.000Z",
	)(event, new Shop());
	assert.equal(lines.length, 1);
	assert.doesNotMatch(lines[0] ?? "", /\n/);
	return JSON.parse(lines[0] ?? "");
}

test("a JSON line has the time, the level, the service, the message and the event", () => {
	const inFlight = [{ name: "http", what: "GET /", ageMs: 40 }];
	const event: ServiceEvent = { type: "draining", inFlight, idleConnections: 1, lingerMs: 900 };
	assert.deepEqual(lineOf(event), {
		time: "2026-11-01T12:00:00.000Z",
		level: "info",
		name: "shop",
		pid: 7,
		msg: "draining, 1 in flight: http GET / (40 ms); waiting 900 ms for requests on 1 idle connection",
		event,
	});
});

test("a JSON line has an error as an object with its stack, its own properties and its cause", () => {
	const error = Object.assign(new Error("no route", { cause: new Error("ENETUNREACH") }), { code: "E_ROUTE", big: 7n });
	const { level, event } = lineOf({ type: "failed", failure: { name: "db", error } });
	assert.equal(level, "error");
	const { name, error: logged } = event.failure as { name: string; error: Record<string, unknown> };
	assert.equal(name, "db");
	assert.deepEqual(
		{ ...logged, stack: "", cause: (logged.cause as Error).message },
		{
			name: "Error",
			message: "no route",
			code: "E_ROUTE",
			big: "7",
			stack: "",
			cause: "ENETUNREACH",
		},
	);
	assert.match(String(logged.stack), /json-lines\.test/);
});

test("a JSON line has the beginning of a long list, and how many were left out", () => {
	const left = Array.from({ length: 1_500 }, (_, i) => ({ name: "http", what: `GET /${i}`, ageMs: 10 }));
	const { event } = lineOf({ type: "closed", report: { ...CLEAN, left } });
	const report = event.report as Record<string, unknown>;
	assert.deepEqual([report.left, report.leftOmitted], [left.slice(0, 100), 1_400]);
	assert.equal(report.exitCode, 0);
});

test("there is a JSON line for each server and each resource", () => {
	const result = { name: "db", outcome: "left", durationMs: 12 } as const;
	const { level, msg } = lineOf({ type: "resource-closed", id: 1, result });
	assert.deepEqual([level, msg], ["debug", "db left after 12 ms"]);
});
