import assert from "node:assert/strict";
import { test } from "node:test";
import { killFamily } from "#src/program/kill-family.js";
import { LINUX_TABLE } from "#src/program/linux-table.js";
import { ProcessFamily } from "#src/program/process-family.js";
import type { ProcessEntry, ProcessTable } from "#src/program/process-table.js";
import { fixture, fixtureLine, isLiving, pids, started, tables } from "../support/started-program.ts";

const where: [name: string, args: string[]][] = [
	["in its group", []],
	["in a session of its own", ["new-session"]],
	["in its group, without the environment", ["without-environment"]],
	["in a session of its own, without the environment", ["new-session", "without-environment"]],
];

for (const [tableName, table] of tables) {
	for (const [whereName, args] of where) {
		test(`${tableName}: a child that is left ${whereName} is seen, and killed`, async (t) => {
			const { target, said } = await started(t, fixture("leaves-a-child", ...args), {}, table);
			const [, child] = await said(/left (\d+)\./);
			await said(/stays/);
			assert.deepEqual(new Set(await pids(target)), new Set([target.pid, Number(child)]));
			assert.ok(target.signal("SIGTERM"));
			assert.equal((await target.ended).code, 0);
			assert.equal(target.signal("SIGTERM"), false);
			const left = await target.leftProcesses();
			assert.deepEqual(
				left.map(({ pid }) => pid),
				[Number(child)],
			);
			assert.match(String(left[0]?.command), /stays-alive/);
			await target.kill();
			assert.deepEqual(await target.leftProcesses(), []);
			assert.equal(await isLiving(Number(child)), false);
		});
	}

	test(`${tableName}: a child in its group is found though it was never seen with its parent`, async (t) => {
		const { target, said } = await started(t, ["sh", "-c", "env -i sleep 1000 & echo $!."], {}, table);
		const [, pid] = await said(/(\d+)\./);
		await target.ended;
		assert.deepEqual(await pids(target), [Number(pid)]);
	});

	test(`${tableName}: nothing is left of a program that ends whole`, async (t) => {
		const { target } = await started(t, fixture("ends-before-it-listens"), {}, table);
		await target.ended;
		assert.deepEqual(await target.leftProcesses(), []);
		assert.equal(target.signal("SIGTERM", { group: true }), false);
		await target.kill();
	});

	test(`${tableName}: a target that ignores SIGTERM is killed`, async (t) => {
		const { target, said } = await started(t, fixture("ignores-sigterm"), {}, table);
		await said(/up/);
		assert.ok(target.signal("SIGTERM"));
		await said(/ignored/);
		await target.kill();
		assert.equal((await target.ended).signal, "SIGKILL");
		assert.equal(await isLiving(target.pid), false);
	});
}

test("/proc: a child that was never seen with its parent is found", {
	skip: process.platform !== "linux",
}, async (t) => {
	const line = `(setsid ${fixtureLine("stays-alive")} &)`;
	const { target, said } = await started(t, ["sh", "-c", line]);
	await target.ended;
	const [, pid] = await said(/(\d+) stays/);
	assert.deepEqual(await pids(target), [Number(pid)]);
	await target.kill();
	assert.equal(await isLiving(Number(pid)), false);
});

test("/proc: a drill within a drill hides no process", { skip: process.platform !== "linux" }, async (t) => {
	const { target: inner } = await started(t, ["sh", "-c", "echo $LASTCALL_DRILL; sleep 1000"]);
	process.env.LASTCALL_DRILL = "outer";
	t.after(() => delete process.env.LASTCALL_DRILL);
	const { said } = await started(t, ["sh", "-c", "echo $LASTCALL_DRILL"]);
	assert.match((await said(/.+/))[0], /^outer,[0-9a-f-]{36}$/);
	assert.match(inner.output, /^(?!outer)/);
});

test("who comes while the others are killed is killed too", { skip: process.platform !== "linux" }, async (t) => {
	const { target, said } = await started(t, fixture("renews-itself"));
	await said(/begins\.\n.*begins/);
	await target.kill();
	assert.deepEqual(await target.leftProcesses(), []);
});

test("/proc: a process is known by when it started", { skip: process.platform !== "linux" }, async () => {
	const drill = LINUX_TABLE.readSync().find(({ pid }) => pid === process.pid);
	assert.ok(drill && LINUX_TABLE.isLiving(drill));
	assert.equal(LINUX_TABLE.isLiving({ ...drill, startedAt: drill.startedAt + 1 }), false);
});

/** A table of invented processes. */
function invented(entries: () => readonly ProcessEntry[]): ProcessTable {
	return {
		read: async () => entries(),
		readSync: () => entries(),
		isLiving: () => true,
		hasInEnvironment: () => false,
		commandOf: () => "",
		listening: async () => [],
	};
}

test("a kill goes on as long as a look finds a process, and names those that can't be killed", async (t) => {
	const both = [await started(t, fixture("stays-alive")), await started(t, fixture("stays-alive"))];
	const entries = both.map(({ target }) => ({ pid: target.pid, parent: 1, group: 1, startedAt: 1 }));
	const familyThat = (look: () => ProcessEntry[]) => new ProcessFamily(invented(look), () => () => true);
	await assert.rejects(
		killFamily(
			familyThat(() => entries),
			-1,
		),
		{ code: "ERR_DRILL_NOT_KILLED", message: new RegExp(`: ${entries.map(({ pid }) => pid).join(", ")}\\.`) },
	);
	const looks = entries.map((entry) => [entry]);
	await killFamily(familyThat(() => looks.shift() ?? []));
	for (const { target } of both) assert.equal((await target.ended).signal, "SIGKILL");
});

test("a stranger who got the pid of a member is none", async () => {
	const entry = (pid: number, parent: number, startedAt: number): ProcessEntry => ({
		pid,
		parent,
		group: 1,
		startedAt,
	});
	let entries = [entry(10, 1, 1), entry(11, 10, 2), entry(12, 11, 3)];
	const family = new ProcessFamily(
		invented(() => entries),
		() =>
			({ pid, startedAt }) =>
				pid === 10 && startedAt === 1,
	);
	const look = async (): Promise<number[]> => (await family.look()).map(({ pid }) => pid);
	assert.deepEqual(await look(), [10, 11, 12]);
	entries = [entry(11, 1, 2), entry(12, 11, 3)];
	assert.deepEqual(await look(), [11, 12]);
	entries = [entry(10, 1, 50), entry(11, 1, 60), entry(12, 1, 3), entry(13, 12, 70)];
	assert.deepEqual(await look(), [12, 13]);
	entries = [entry(12, 1, 80)];
	assert.deepEqual(await look(), []);
});

test("a member that one look misses is not taken for gone", async () => {
	const member = { pid: 10, parent: 1, group: 1, startedAt: 1 };
	const looks = [[], [member]];
	const family = new ProcessFamily(
		invented(() => looks.shift() ?? []),
		() => () => true,
	);
	assert.deepEqual(await family.look(), [member]);
});

test("the drill is never of the family", async () => {
	const drill = { pid: process.pid, parent: 10, group: 1, startedAt: 2 };
	const family = new ProcessFamily(
		invented(() => [{ pid: 10, parent: 1, group: 1, startedAt: 1 }, drill, { ...drill, pid: 12, parent: process.pid }]),
		() =>
			({ pid }) =>
				pid === 10,
	);
	assert.deepEqual(
		family.lookSync().map(({ pid }) => pid),
		[10],
	);
});
