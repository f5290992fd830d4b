import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import type { RunOptions } from "lastcall";
import { withEnvironment } from "#src/process/environment-times.js";
import { Child } from "../support/child.ts";
import { fixture } from "./fixture.ts";

const GRACE = "LASTCALL_GRACE_PERIOD_MS";
const LAME_DUCK = "LASTCALL_LAME_DUCK_MS";

function times(options: RunOptions, env: NodeJS.ProcessEnv, watchMode?: string) {
	const { options: changed, gracePeriodFrom, warning } = withEnvironment(options, watchMode, env);
	return { ...changed, gracePeriodFrom, warning };
}

describe("the times of the environment", () => {
	it("win over the options, each on its own", () => {
		const options = { gracePeriodMs: 25_000, lameDuckMs: 5_000, lingerMs: 70 };
		const both = times(options, { [GRACE]: "50000", [LAME_DUCK]: "0" });
		assert.deepEqual(both, {
			gracePeriodMs: 50_000,
			lameDuckMs: 0,
			lingerMs: 70,
			gracePeriodFrom: GRACE,
			warning: undefined,
		});
		assert.equal(times(options, { [GRACE]: " 50000.5\n" }).gracePeriodMs, 50_000.5);
		const { gracePeriodMs, lameDuckMs, gracePeriodFrom } = times(options, { [LAME_DUCK]: "7000" });
		assert.deepEqual([gracePeriodMs, lameDuckMs, gracePeriodFrom], [25_000, 7_000, undefined]);
	});

	it("are not set if they are empty", () => {
		const nothing = { gracePeriodFrom: undefined, warning: undefined };
		assert.deepEqual(times({}, {}), nothing);
		assert.deepEqual(times({}, { [GRACE]: "", [LAME_DUCK]: " " }), nothing);
	});

	it("are errors that name the variable, what was wanted and what was given", () => {
		for (const [variable, least] of [
			[GRACE, 1],
			[LAME_DUCK, 0],
		] as const) {
			for (const [value, name, got] of [
				["10s", "TypeError", '"10s"'],
				["0x10", "TypeError", '"0x10"'],
				["Infinity", "TypeError", '"Infinity"'],
				["-1", "RangeError", "-1"],
				["2147483648", "RangeError", "2147483648"],
			]) {
				const message = `${variable}: wanted a number of milliseconds from ${least} to 2147483647, got ${got}`;
				assert.throws(() => times({}, { [variable]: value }), { name, message });
			}
		}
	});

	it("are an error where the lame duck does not fit into the grace period", () => {
		assert.throws(() => times({}, { [GRACE]: "3000", [LAME_DUCK]: "3001" }), {
			name: "RangeError",
			message: `${LAME_DUCK} (3001) must fit into ${GRACE} (3000); lower ${LAME_DUCK}, or raise ${GRACE}`,
		});
		assert.throws(() => times({}, { [LAME_DUCK]: "9001" }), {
			name: "RangeError",
			message: `${LAME_DUCK} (9001) must fit into gracePeriodMs (9000); lower ${LAME_DUCK}, or raise ${GRACE}`,
		});
	});

	it("shorten the options that do not fit, in proportion, with a warning", () => {
		const options = { gracePeriodMs: 20_000, lameDuckMs: 5_000, closeReserveMs: 4_000, crashGracePeriodMs: 10_000 };
		const { lameDuckMs, closeReserveMs, crashGracePeriodMs, warning } = times(options, { [GRACE]: "5000" });
		assert.deepEqual([lameDuckMs, closeReserveMs, crashGracePeriodMs], [1_250, 1_000, 2_500]);
		assert.deepEqual(warning, {
			code: "times",
			message:
				`${GRACE} (5000) left too little time for options of the program, which were shortened: closeReserveMs from 4000 ` +
				"to 1000 ms, lameDuckMs from 5000 to 1250 ms, crashGracePeriodMs from 10000 to 2500 ms; " +
				`raise ${GRACE}, or lower the options`,
		});
	});

	it("do not shorten their own lame duck", () => {
		const options = { gracePeriodMs: 10_000, lingerMs: 5_000, closeReserveMs: 3_000 };
		const { lameDuckMs, lingerMs, closeReserveMs, warning } = times(options, { [LAME_DUCK]: "4000" });
		assert.deepEqual([lameDuckMs, lingerMs, closeReserveMs], [4_000, 3_000, 1_800]);
		assert.match(warning?.message ?? "", /^LASTCALL_LAME_DUCK_MS \(4000\) left too little time/);
	});

	it("hide no error of the options", () => {
		assert.throws(() => times({ lameDuckMs: 10_000 }, { [GRACE]: "50000" }), {
			message: "lameDuckMs (10000) must fit into gracePeriodMs (9000)",
		});
	});
});

describe("in a watch mode", () => {
	it("there is no lame duck, no spread, and a linger of 100 ms at most, whatever the options say", () => {
		const options = { lameDuckMs: 5_000, lingerMs: 1_000, spreadMs: 1_000, closeReserveMs: 1_000 };
		const { lameDuckMs, lingerMs, spreadMs, closeReserveMs, warning } = times(options, { [GRACE]: "3000" }, "nodemon");
		assert.deepEqual([lameDuckMs, lingerMs, spreadMs, closeReserveMs, warning], [0, 100, 0, 1_000, undefined]);
		assert.equal(times({ lingerMs: 70 }, {}, "nodemon").lingerMs, 70);
		assert.equal(times(options, { [LAME_DUCK]: "700" }, "nodemon").lameDuckMs, 700);
	});
});

function program(t: TestContext, gracePeriod: string): Child {
	const args = [fixture("answers-slowly"), JSON.stringify({ gracePeriodMs: 1_000 })];
	return new Child(t, process.execPath, args, { env: { ...process.env, [GRACE]: gracePeriod } });
}

describe("a program", { concurrency: 4 }, () => {
	it("has the grace period of its environment, and its log says where that is from", async (t) => {
		const child = program(t, "50000");
		await child.running();
		child.kill("SIGTERM");
		const { exit, stderr } = await child.ended;
		assert.equal(exit, 0, stderr);
		assert.match(stderr, / is shutting down: SIGTERM; grace period 50 s \(LASTCALL_GRACE_PERIOD_MS\)$/m);
	});

	it("does not start with a variable that is wrong, and says which", async (t) => {
		const child = program(t, "10s");
		const { exit, stderr } = await child.ended;
		assert.equal(exit, 1);
		assert.match(stderr, /TypeError: LASTCALL_GRACE_PERIOD_MS: wanted a number of milliseconds .*, got "10s"/);
	});
});
