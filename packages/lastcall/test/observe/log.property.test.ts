import assert from "node:assert/strict";
import { test } from "node:test";
import fc, { type Arbitrary } from "fast-check";
import type { EndedEarly, EndedEarlyReason, Failure, InFlight, Phase, StopReason } from "lastcall";
import type { ServiceEvent } from "#src/core/events.js";
import type { ShutdownReport } from "#src/core/report.js";
import type { Snapshot } from "#src/core/snapshot.js";
import { jsonLines } from "#src/observe/json-lines.js";
import { renderBlock } from "#src/observe/live-block.js";
import { plainLines } from "#src/observe/plain-lines.js";
import { HOSTILE_ERRORS } from "../support/hostile-errors.ts";
import { CLEAN, DRAINING, Shop } from "./observed.ts";

/** Text that would end a line, move the cursor, or reverse the order. */
const UNPRINTABLE = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

const LONGEST_TEXT = 60_000;
/** A hundred lines. */
const LONGEST_SNAPSHOT = 420_000;
const LONGEST_JSON = 160_000;

const hostileString: Arbitrary<string> = fc
	.array(
		fc.oneof(
			fc.constantFrom(
				"\n",
				"\r\n",
				"\x1b[2J",
				"\x9b31m",
				"\x07",
				"\x7f",
				"\u0085",
				"\u2028",
				"\u2029",
				"\u202e",
				"\u2066",
			),
			fc.constantFrom(
				"\ud800",
				"\udc00",
				"😀",
				"\u{e0001}",
				"\ufeff",
				"\t",
				'"',
				"\\",
				"\0",
				"配達",
				"x://user:SECRET@host/",
			),
			fc.constantFrom("lastcall: closed after 1 ms, everything finished, exit code 0", "x".repeat(20_000)),
			fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
			fc.string(),
		),
	)
	.map((parts) => parts.join(""));

const ms = fc.oneof(fc.nat(), fc.double({ min: 0, noNaN: true }));
const error = fc.oneof(
	hostileString,
	hostileString.map((message) => new Error(message)),
	fc.anything({ withBigInt: true, withNullPrototype: true, withTypedArray: true }),
);
const failure: Arbitrary<Failure> = fc.record({ name: hostileString, error });
const one: Arbitrary<InFlight> = fc.record({ name: hostileString, what: hostileString, ageMs: ms });
const inFlight: Arbitrary<InFlight[]> = fc
	.tuple(fc.array(one), fc.constantFrom(1, 1, 1, 300))
	.map(([some, times]) => Array(times).fill(some).flat());
const why = fc.constantFrom<EndedEarlyReason>("client-reconnects", "peer-silent", "client-gone", "out-of-time");
const endedEarly: Arbitrary<EndedEarly[]> = fc.array(
	fc.tuple(one, why).map(([some, reason]) => ({ ...some, why: reason })),
);
const reason: Arbitrary<StopReason> = fc.oneof(
	hostileString.map((text): StopReason => ({ kind: "call", why: text })),
	error.map((reason): StopReason => ({ kind: "abort", reason })),
	error.map((error): StopReason => ({ kind: "input-ended", error })),
	failure.map((failed): StopReason => ({ kind: "task-failed", ...failed })),
	error.map((error): StopReason => ({ kind: "uncaught", error })),
);
const report: Arbitrary<ShutdownReport> = fc
	.record({ reason, left: inFlight, endedEarly, errors: fc.array(failure, { maxLength: 3 }) })
	.map((some) => ({ ...CLEAN, ...some }));
const phase = fc.constantFrom<Phase>("running", "lame-duck", "draining", "closing");
const snapshot: Arbitrary<Snapshot> = fc
	.record({ phase, reason: fc.option(reason, { nil: undefined }), leftMs: fc.option(ms, { nil: undefined }), inFlight })
	.map((some) => ({ ...DRAINING, ...some }));
const name = hostileString;

/** Every type of event. */
const EVENTS: {
	readonly [Type in ServiceEvent["type"]]: Arbitrary<Omit<Extract<ServiceEvent, { type: Type }>, "type">>;
} = {
	listening: fc.record({ name, address: hostileString }),
	running: fc.constant({}),
	stopping: fc.record({ reason, gracePeriodMs: ms }),
	"lame-duck": fc.record({ lameDuckMs: ms }),
	"still-starting": fc.record({ starting: inFlight }),
	draining: fc.record({ inFlight, idleConnections: fc.nat(), lingerMs: ms }),
	waiting: fc.record({ inFlight, idleConnections: fc.nat(), leftMs: ms }),
	"signal-repeated": fc.record({ signal: fc.constant("SIGTERM"), leftMs: ms }),
	drained: fc.record({ name, durationMs: ms }),
	"hard-stop": fc.record({
		hardStop: fc.record({ cause: fc.oneof(fc.constant("deadline" as const), reason), atMs: ms }),
		left: inFlight,
	}),
	left: fc.record({ left: inFlight }),
	closing: fc.record({ resources: fc.nat() }),
	"resource-closing": fc.record({ id: fc.nat(), name }),
	"resource-closed": fc.record({
		id: fc.nat(),
		result: fc.record({ name, outcome: fc.constant("failed" as const), durationMs: ms, error }),
	}),
	"check-failed": fc.record({ name, error }),
	"check-recovered": fc.record({ name }),
	failed: fc.record({ failure }),
	closed: fc.record({ report }),
	"all-drained": fc.record({
		next: fc.constantFrom("listeners" as const, "exit" as const, "parent" as const),
		signals: fc.constant(["SIGTERM"]),
		report,
	}),
	"exit-code-changed": fc.record({ exitCode: fc.nat(255), reported: fc.nat(255) }),
	"open-handles": fc.record({ openHandles: hostileString }),
	"stuck-threads": fc.record({ threads: hostileString, by: fc.constant("SIGKILL" as const), exitCode: fc.nat() }),
	warning: fc.record({ warning: fc.record({ code: fc.constant("shell" as const), message: hostileString }) }),
	snapshot: fc.record({ snapshot, openHandles: hostileString }),
};

/** How many lines these events have. All others have one. */
const MOST_LINES: Partial<Record<ServiceEvent["type"], number>> = {
	stopping: 2,
	closed: 5,
	"all-drained": 5,
	snapshot: 103,
};

for (const [type, some] of Object.entries(EVENTS)) {
	test(`the log of any ${type} event is printable, bounded, and has only lines of its own`, () => {
		fc.assert(
			fc.property(some as Arbitrary<object>, (rest) => void saysWell({ type, ...rest } as ServiceEvent)),
			{ numRuns: 60 },
		);
	});
}

for (const [label, thrown] of Object.entries(HOSTILE_ERRORS)) {
	test(`a hostile error is named in the log: ${label}`, () => {
		for (const event of [
			{ type: "failed", failure: { name: "db", error: thrown } },
			{ type: "check-failed", name: "db", error: thrown },
			{ type: "stopping", reason: { kind: "task-failed", name: "db", error: thrown }, gracePeriodMs: 10 },
			{ type: "stopping", reason: { kind: "abort", reason: thrown }, gracePeriodMs: 10 },
			{ type: "closed", report: { ...CLEAN, errors: [{ name: "db", error: thrown }] } },
		] satisfies ServiceEvent[]) {
			const lines = saysWell(event);
			if (event.type === "failed") assert.match(lines[0] ?? "", /^lastcall: db failed: ./);
		}
	});
}

test("the message of an error that can't be inspected is in the log", () => {
	for (const key of ["name", "stack", "cause", "property"]) {
		const { [`a ${key} that throws`]: thrown } = HOSTILE_ERRORS;
		const lines = saysWell({ type: "failed", failure: { name: "db", error: thrown } });
		assert.match(lines[0] ?? "", /^lastcall: db failed: .*pool exhausted/, key);
	}
});

test("the live block of any event is printable", () => {
	fc.assert(
		fc.property(snapshot, fc.integer({ min: 10, max: 200 }), (now, columns) => {
			for (const line of renderBlock(now, { columns, rows: 24 })) {
				assert.doesNotMatch(line, UNPRINTABLE);
				assert.ok(line.length < columns, line);
			}
		}),
	);
});

/** Logs an event in plain lines and as JSON, asserts that both are right, and returns the plain lines. */
function saysWell(event: ServiceEvent): string[] {
	const plain: string[] = [];
	plainLines("shop (pid 7)", (line) => plain.push(line))(event, new Shop());
	// The lines of an error are indented.
	const own = plain.filter((line) => !line.startsWith("lastcall:     "));
	assert.ok(own.length <= (MOST_LINES[event.type] ?? 1), own.join("\n"));
	const longest = event.type === "snapshot" ? LONGEST_SNAPSHOT : LONGEST_TEXT;
	assert.ok(plain.join("\n").length < longest, `${plain.join("\n").length} characters`);
	for (const line of plain) {
		assert.ok(line.startsWith("lastcall: "), line);
		assert.doesNotMatch(line, UNPRINTABLE);
		assert.doesNotMatch(line, /SECRET/);
	}
	const json: string[] = [];
	jsonLines(7, (line) => json.push(line))(event, new Shop());
	assert.equal(json.length, 1);
	const [line = ""] = json;
	assert.ok(line.length < LONGEST_JSON, `${line.length} characters`);
	assert.doesNotMatch(line, UNPRINTABLE);
	assert.doesNotMatch(line, /SECRET/);
	const logged = JSON.parse(line);
	assert.equal(logged.event.type, event.type);
	assert.doesNotMatch(stringsIn(logged).join(" ").replaceAll("\n", " "), UNPRINTABLE);
	return plain;
}

function stringsIn(value: unknown): string[] {
	if (typeof value === "string") return [value];
	if (typeof value !== "object" || value === null) return [];
	return Object.entries(value).flatMap(([key, member]) => [key, ...stringsIn(member)]);
}
