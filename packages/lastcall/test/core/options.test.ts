import assert from "node:assert/strict";
import { test } from "node:test";
import { createService, run, type ServiceOptions } from "lastcall";
import { checkOptionNames, quote } from "#src/core/check-options.js";
import { parseTimes } from "#src/core/time-options.js";

const TIMES = ["gracePeriodMs", "crashGracePeriodMs", "lameDuckMs", "lingerMs", "spreadMs", "closeReserveMs"] as const;

test("the times have their defaults; those that depend on the state at the stop are left undefined", () => {
	const defaults = {
		gracePeriodMs: 9_000,
		crashGracePeriodMs: 2_250,
		lameDuckMs: 0,
		lingerMs: undefined,
		spreadMs: undefined,
		closeReserveMs: undefined,
	};
	assert.deepEqual(parseTimes({}), defaults);
	assert.deepEqual(parseTimes(Object.fromEntries(TIMES.map((name) => [name, undefined]))), defaults);
});

test("times that are given are taken as they are, fractions and zeros too", () => {
	const times = {
		gracePeriodMs: 5_000.5,
		crashGracePeriodMs: 1.5,
		lameDuckMs: 0.5,
		lingerMs: 0,
		spreadMs: 0,
		closeReserveMs: 0,
	};
	assert.deepEqual(parseTimes(times), times);
});

test("a time that is not a number is a TypeError with its name, what was wanted and what was given", () => {
	for (const name of TIMES) {
		const least = name.endsWith("racePeriodMs") ? 1 : 0;
		const wanted = `${name}: wanted a number of milliseconds from ${least} to 2147483647, got`;
		for (const [value, quoted] of [
			["10s", '"10s"'],
			[null, "null"],
			[{}, "Object"],
			[true, "true"],
			[10n, "10"],
		]) {
			assert.throws(() => parseTimes({ [name as string]: value }), {
				name: "TypeError",
				message: `${wanted} ${quoted}`,
			});
		}
	}
});

test("a time out of range is a RangeError with its name, the range and what was given", () => {
	for (const name of TIMES) {
		const least = name.endsWith("racePeriodMs") ? 1 : 0;
		for (const value of [least - 1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31]) {
			assert.throws(() => parseTimes({ [name]: value }), {
				name: "RangeError",
				message: `${name}: wanted a number of milliseconds from ${least} to 2147483647, got ${value}`,
			});
		}
	}
	assert.equal(parseTimes({ gracePeriodMs: 1 }).gracePeriodMs, 1);
	assert.equal(parseTimes({ gracePeriodMs: 2 ** 31 - 1 }).gracePeriodMs, 2 ** 31 - 1);
});

test("times that don't fit into the grace period are a RangeError that names those given", () => {
	assert.throws(() => parseTimes({ lameDuckMs: 4_000, lingerMs: 3_000, spreadMs: 1_000, closeReserveMs: 1_001 }), {
		name: "RangeError",
		message:
			"lameDuckMs (4000) + lingerMs (3000) + spreadMs (1000) + closeReserveMs (1001) must fit into gracePeriodMs (9000)",
	});
	assert.throws(() => parseTimes({ gracePeriodMs: 1_000, lameDuckMs: 1_001 }), {
		name: "RangeError",
		message: "lameDuckMs (1001) must fit into gracePeriodMs (1000)",
	});
	assert.throws(() => parseTimes({ gracePeriodMs: 1_000, crashGracePeriodMs: 1_001 }), {
		name: "RangeError",
		message: "crashGracePeriodMs (1001) must not be longer than gracePeriodMs (1000)",
	});
	assert.ok(parseTimes({ lameDuckMs: 4_000, lingerMs: 3_000, spreadMs: 1_000, closeReserveMs: 1_000 }));
});

test("an unknown option is a TypeError", async () => {
	const misspelt = { gracePeriod: 5 } as ServiceOptions;
	const known =
		"gracePeriodMs, crashGracePeriodMs, lameDuckMs, lingerMs, spreadMs, closeReserveMs, name, signal, log, showQueryStrings";
	assert.throws(() => createService(misspelt), {
		name: "TypeError",
		message: `options: unknown option "gracePeriod"; there are ${known}`,
	});
	await assert.rejects(
		run(() => assert.fail("main ran"), misspelt),
		{
			name: "TypeError",
			message: `options: unknown option "gracePeriod"; there are ${known}, exit, exitCode, extraStopSignals, snapshotSignal, stopOnStdinEnd`,
		},
	);
});

test("a boolean option that is neither true nor false is a TypeError", () => {
	assert.throws(() => createService({ showQueryStrings: "no" } as unknown as ServiceOptions), {
		name: "TypeError",
		message: 'showQueryStrings: wanted true or false, got "no"',
	});
});

test("options that are not an object are a TypeError", () => {
	for (const [given, quoted] of [
		[null, "null"],
		[5, "5"],
		[[], "Array"],
		["fast", '"fast"'],
	]) {
		assert.throws(() => checkOptionNames(given, []), {
			name: "TypeError",
			message: `options: wanted an object, got ${quoted}`,
		});
	}
});

test("createService() and run() throw for a wrong option before they begin", async () => {
	const wrong: [options: object, error: object][] = [
		[{ gracePeriodMs: "10s" }, { name: "TypeError", message: /^gracePeriodMs: / }],
		[{ name: 7 }, { name: "TypeError", message: "name: wanted a string, got 7" }],
		[{ log: true }, { name: "TypeError", message: /^log: wanted .* or false, got true$/ }],
		[{ signal: {} }, { name: "TypeError", message: "signal: wanted an AbortSignal, got Object" }],
	];
	for (const [options, error] of wrong) {
		assert.throws(() => createService(options), error);
		await assert.rejects(
			run(() => assert.fail("main ran"), options),
			error,
		);
	}
	await assert.rejects(
		run(() => assert.fail("main ran"), { exit: "no" as unknown as boolean }),
		{ name: "TypeError", message: 'exit: wanted true or false, got "no"' },
	);
	const ofSignals: [options: object, message: string][] = [
		[{ extraStopSignals: "SIGUSR2" }, 'extraStopSignals: wanted a list of signals, got "SIGUSR2"'],
		...["SIGNONE", "SIGKILL", "SIGSTOP", "SIGSEGV", "SIGCHLD", 12].map((signal): [object, string] => [
			{ extraStopSignals: ["SIGUSR2", signal] },
			`extraStopSignals: wanted signals that the program can listen for, such as "SIGUSR2", got ${JSON.stringify(signal)}`,
		]),
		...["SIGTERM", "SIGUSR2", "SIGKILL"].map((signal): [object, string] => [
			{ extraStopSignals: ["SIGUSR2"], snapshotSignal: signal },
			`snapshotSignal: wanted a signal that the program can listen for and that stops nothing, got "${signal}"`,
		]),
		[{ stopOnStdinEnd: "yes" }, 'stopOnStdinEnd: wanted true or false, got "yes"'],
	];
	for (const [options, message] of ofSignals) {
		await assert.rejects(
			run(() => assert.fail("main ran"), options),
			{ name: "TypeError", message },
		);
	}
	await assert.rejects(run(undefined as unknown as () => void), {
		name: "TypeError",
		message: "main: wanted a function, got undefined",
	});
});

test("an error message quotes a value so that its type shows and the message stays short", () => {
	class Pool {}
	for (const [value, quoted] of [
		["5", '"5"'],
		["x".repeat(41), `"${"x".repeat(40)}…"`],
		["x".repeat(40), `"${"x".repeat(40)}"`],
		[5, "5"],
		[undefined, "undefined"],
		[null, "null"],
		[new Pool(), "Pool"],
		[Object.create(null), "object"],
		[function close() {}, "function close"],
		[() => {}, "function (anonymous)"],
		[Symbol("s"), "Symbol(s)"],
	]) {
		assert.equal(quote(value), quoted);
	}
});
