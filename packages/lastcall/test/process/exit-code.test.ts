import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { run } from "lastcall";
import { assertInOrder } from "../support/text.ts";
import { start } from "./fixture.ts";

/** Where the exit code comes from, the one in the last line of the log, and the one of the process. */
const CODES: readonly [where: string, how: string, reported: number, exit: number][] = [
	["nowhere", "", 0, 0],
	["before", "", 3, 3],
	["main", "", 3, 3],
	["main", "fails", 3, 3],
	["closer", "", 3, 3],
	["closer", "held", 3, 3],
	["three", "", 3, 3],
	["three", "fails", 3, 3],
	["zero", "", 0, 0],
	["zero", "fails", 0, 0],
	["asked", "", 4, 4],
	["behind", "", 0, 3],
	["behind", "held", 0, 3],
	["behind", "hangs", 1, 3],
	["exit listener", "", 0, 3],
	["exit listener", "held", 0, 3],
	["exit listener", "fails", 1, 3],
	["crash", "held", 0, 1],
];

describe("the exit code", { concurrency: 4 }, () => {
	for (const [where, how, reported, expected] of CODES) {
		it(`is ${expected}, also in the log, where it comes from ${where} ${how}`, async (t) => {
			const { exit, stdout, stderr } = await start(t, "sets-exit-code", { gracePeriodMs: 500 }, where, how).ended;
			assert.equal(exit, expected, stderr);
			assert.match(stdout, new RegExp(`^behind run: ${reported}, `), stderr);
			assertInOrder(stderr, new RegExp(`^lastcall: closed after .*, exit code ${reported}$`, "m"));
			const changed = /^lastcall: exit code (\d+), not (\d+): it was changed after the service was closed$/m.exec(
				stderr,
			);
			const expectedChange = reported === expected ? undefined : [String(expected), String(reported)];
			assert.deepEqual(changed?.slice(1), expectedChange, stderr);
		});
	}

	it("is at least 1, with the failure, where the program's own function returns no valid exit code", async (t) => {
		const { exit, stdout, stderr } = await start(t, "sets-exit-code", {}, "none").ended;
		assert.equal(exit, 1, stderr);
		assert.match(stdout, /^behind run: 1, exitCode$/m);
		assertInOrder(
			stderr,
			/^lastcall: exitCode failed: TypeError: exitCode: wanted an integer from 0 to 255, got NaN$/m,
			/^lastcall: closed after .*, 1 failed, exit code 1$/m,
		);
	});

	it("of a run with exit: false comes from the program's function, and is not set on the process", async (t) => {
		const { exit, stdout } = await start(t, "sets-exit-code", { exit: false }, "asked").ended;
		assert.match(stdout, /^behind run: 1, $/m);
		assert.equal(exit, 3);
	});

	it("can only be set by a function", async () => {
		await assert.rejects(
			run(() => {}, { exitCode: 3 as never }),
			/^TypeError: exitCode: wanted a function, got 3$/,
		);
	});
});
