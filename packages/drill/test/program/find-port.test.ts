import assert from "node:assert/strict";
import { test } from "node:test";
import { findPort } from "#src/program/find-port.js";
import type { ListeningPort } from "#src/program/listening-port.js";
import type { Program } from "#src/program/program.js";
import { tryConnect } from "#src/wire/try-connect.js";
import { fixture, fixtureLine, hasIpv6, started, tables } from "../support/started-program.ts";

const timeoutMs = 30_000;

const hosts: readonly (readonly [host: string, client: string])[] = [
	["127.0.0.1", "127.0.0.1"],
	["0.0.0.0", "127.0.0.1"],
	...(hasIpv6
		? ([
				["::1", "::1"],
				["::", "127.0.0.1"],
			] as const)
		: []),
];

for (const [name, table] of tables) {
	for (const [host, client] of hosts) {
		test(`${name}: finds the port on ${host}`, async (t) => {
			const { target, said } = await started(t, fixture("listens", host), {}, table);
			const ports = await findPort(target, { timeoutMs });
			const [, port] = await said(/ (\d+)/);
			assert.deepEqual(ports, [{ host: client, port: Number(port), pid: target.pid }]);
			assert.equal(await tryConnect({ host: client, port: Number(port) }), "accepted");
		});
	}

	test(`${name}: finds several ports, and the process that has them`, async (t) => {
		const line = `${fixtureLine("listens-in-a-child", "127.0.0.1", "127.0.0.1", "127.0.0.1")}; true`;
		const { target, said } = await started(t, ["sh", "-c", line], {}, table);
		await said(/listens/);
		const ports = await findPort(target, { timeoutMs });
		const told = [...target.output.matchAll(/ (\d+)/g)].map(([, port]) => Number(port));
		assert.deepEqual(
			ports.map(({ port }) => port),
			told,
		);
		assert.ok(ports.every(({ pid }) => pid !== target.pid));
	});
}

test("what appears later comes later, and what was closed is left out", async () => {
	const port = (number: number): ListeningPort => ({ host: "127.0.0.1", port: number, pid: 1 });
	const looks = [[], [port(3)], [port(2), port(3)], [port(1), port(2)]];
	const last = [port(1), port(2)];
	const target = {
		ended: new Promise(() => {}),
		listeningPorts: async () => looks.shift() ?? last,
	} as unknown as Program;
	assert.deepEqual(await findPort(target, { timeoutMs, settleMs: 1 }), [port(2), port(1)]);
	assert.deepEqual(looks, []);
});

test("a target that ends before it listens is reported with its output", async (t) => {
	const { target } = await started(t, fixture("ends-before-it-listens"));
	await assert.rejects(findPort(target, { timeoutMs }), {
		name: "TargetError",
		code: "ERR_DRILL_ENDED_EARLY",
		message:
			/ends-before-it-listens\.js" ended before it listened \(exit code 3\)\.\nIts last output:[\s\S]*no database/,
	});
});

test("a target that goes to the background is waited for", async (t) => {
	const { target } = await started(t, ["sh", "-c", `(sleep 0.2; ${fixtureLine("listens", "127.0.0.1")}) & exit 0`]);
	await target.ended;
	assert.equal((await findPort(target, { timeoutMs })).length, 1);
});

test("a target that never listens is reported with its processes", async (t) => {
	const { target, said } = await started(t, fixture("stays-alive"));
	await said(/stays/);
	await assert.rejects(findPort(target, { timeoutMs: 50 }), {
		code: "ERR_DRILL_NEVER_LISTENED",
		message: new RegExp(`within 50 ms\\. Its processes:\\n {2}${target.pid} .*stays-alive[\\s\\S]*stays`),
	});
});

test("the wait can be ended", async (t) => {
	const { target } = await started(t, fixture("stays-alive"));
	const reason = new Error("enough");
	await assert.rejects(findPort(target, { timeoutMs, signal: AbortSignal.abort(reason) }), reason);
	await assert.rejects(findPort(target, { timeoutMs, signal: AbortSignal.timeout(20) }));
});
