import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CONNECTION_ENDS, type ConnectionEnd } from "#src/record/connection-end.js";
import { ConnectionTable } from "#src/record/connection-table.js";
import { OUTCOMES, type OutcomeDetail, type RequestRecord } from "#src/record/outcome.js";
import { RequestTable } from "#src/record/request-table.js";

const DETAILS: readonly (OutcomeDetail | undefined)[] = [undefined, "goaway", "time-limit", "still-open"];
const ERRORS = [undefined, "ECONNRESET", "EPIPE"];
/** More than a block of a column has. */
const COUNT = 10_000;

function request(i: number, hasDue: boolean): RequestRecord {
	const [error, detail] = [ERRORS[i % 3], DETAILS[i % 4]];
	return {
		id: `a.7-${COUNT - i}`,
		connection: i * 3,
		nth: i % 50,
		...(hasDue ? { dueAtMs: i / 3 } : undefined),
		sentAtMs: i / 7,
		endedAtMs: i / 7 + 0.123456789,
		outcome: OUTCOMES[i % OUTCOMES.length] ?? "answered",
		...(i % 5 === 0 ? undefined : { status: 200 + (i % 4_000) }),
		...(error === undefined ? undefined : { error }),
		...(detail === undefined ? undefined : { detail }),
	};
}

describe("the table of requests", () => {
	for (const [what, hasDue] of [
		["without a time when they were due", () => false],
		["with one", () => true],
		["with one from the 5,000th on", (i: number) => i >= 5_000],
	] as const) {
		it(`gives back what was added, ${what}`, () => {
			const records = Array.from({ length: COUNT }, (_, i) => request(i, hasDue(i)));
			const table = new RequestTable("a.7-");
			for (const record of records) table.add(record);
			assert.deepEqual([...table], records);
			assert.deepEqual([table.length, table.at(4_096), table.at(COUNT)], [COUNT, records[4_096], undefined]);
		});
	}

	it("can be empty", () => assert.deepEqual([...new RequestTable("a.7-")], []));
});

it("the table of connections gives back what was added", () => {
	const ends = Array.from({ length: COUNT }, (_, i): ConnectionEnd => {
		const error = ERRORS[i % 3];
		return {
			connection: COUNT - i,
			how: CONNECTION_ENDS[i % 3] ?? "reset",
			...(error === undefined ? undefined : { error }),
			...(i % 4 === 0 ? { unaskedStatus: 408 } : undefined),
			askedAtMs: i / 9,
			openedAtMs: i / 9 + 0.1,
			atMs: i / 9 + 1.7,
		};
	});
	const table = new ConnectionTable();
	for (const end of ends) table.add(end);
	assert.deepEqual([...table], ends);
	assert.deepEqual([table.length, table.at(5_000), table.at(COUNT)], [COUNT, ends[5_000], undefined]);
});
