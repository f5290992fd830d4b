import assert from "node:assert/strict";
import { test } from "node:test";
import type { ServiceOptions } from "lastcall";
import { TestService } from "lastcall/testing";
import { toJson } from "#src/core/to-json.js";
import { HOSTILE_ERRORS } from "../support/hostile-errors.ts";

/** A service with work to wait for and a resource to close. It records what was closed. */
function open(options: ServiceOptions = {}): TestService & { readonly closed_: string[] } {
	const closed_: string[] = [];
	const one = Object.assign(new TestService(options), { closed_ });
	one.service.defer("db", () => void closed_.push("db"));
	one.service.task("outbox", () => one.clock.wait(500));
	return one;
}

for (const [label, thrown] of Object.entries(HOSTILE_ERRORS)) {
	test(`a failure with a hostile value takes nothing from the shutdown, and the log names it: ${label}`, async () => {
		const one = open();
		const { service, clock, log } = one;
		await service.start();
		service.defer("first", () => Promise.reject(thrown));
		service.task("mail", () => Promise.reject(thrown));
		await clock.advance(0);
		service.task("late", () => {
			throw thrown;
		});
		await clock.advance(2_000);
		const { errors, exitCode } = await one.closed;
		assert.deepEqual([errors.map(({ name }) => name), exitCode], [["mail", "late", "first"], 1]);
		assert.ok(
			errors.every(({ error }) => Object.is(error, thrown)),
			"in the report it is what was thrown",
		);
		assert.deepEqual(one.closed_, ["db"]);
		for (const name of ["mail", "late", "first"]) {
			assert.equal(log.filter((line) => line.startsWith(`lastcall: ${name} failed: `)).length, 1, log.join("\n"));
		}
		assert.match(log.at(-1) ?? "", /^lastcall: closed after 500 ms, 3 failed, exit code 1$/);
	});

	test(`an abort with a hostile value takes nothing from the shutdown, and the log names it: ${label}`, async () => {
		const caller = new AbortController();
		const one = open({ signal: caller.signal });
		await one.service.start();
		caller.abort(thrown);
		await one.clock.advance(2_000);
		assert.equal((await one.closed).exitCode, 0);
		assert.deepEqual(one.closed_, ["db"]);
		assert.match(one.log[1] ?? "", /is shutting down: aborted by the caller.*; grace period 9.0 s$/);
	});
}

test("a main that throws a value that can't be shown has failed like any other", async () => {
	const one = open();
	const thrown = HOSTILE_ERRORS["a proxy that throws"];
	const started = one.service.start(() => Promise.reject(thrown)).catch((error: unknown) => [error]);
	await one.clock.advance(2_000);
	assert.ok(Object.is((await started)?.[0], thrown));
	assert.deepEqual([(await one.closed).exitCode, one.closed_], [1, ["db"]]);
});

test("names and reasons that are not strings are shown all the same, and the program can read them", async () => {
	const one = open();
	const { service, clock, log } = one;
	await service.start();
	const enter = service.enter.bind(service) as (name: string, what: unknown) => () => void;
	enter("queue", Symbol("17"));
	enter("queue", Object.create(null));
	enter("queue", "x".repeat(1_000));
	assert.deepEqual(
		service.inFlight().map(({ what }) => what),
		["task", "Symbol(17)", "something that can't be shown", `${"x".repeat(299)}…`],
	);
	assert.match(toJson(service.snapshot()), /Symbol\(17\)/);
	void service.stop(Symbol("enough") as unknown as string);
	await clock.advance(11_000);
	const { left } = await one.closed;
	assert.equal(left.length, 3);
	assert.deepEqual(one.closed_, ["db"]);
	assert.match(log[1] ?? "", /is shutting down: Symbol\(enough\); /);
});
