import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type TestContext, test } from "node:test";
import { findPort } from "#src/program/find-port.js";
import type { Program } from "#src/program/program.js";
import { watchPid } from "#src/program/watch-pid.js";
import { fixture, isLiving, pids, started, tables } from "../support/started-program.ts";

/** A process that the drill has not started, which is gone when the test is over. */
async function stranger(
	test: TestContext,
	command: string[],
	detached = true,
): Promise<{ child: ChildProcess; pid: number }> {
	const child = spawn(command[0] as string, command.slice(1), { stdio: "ignore", detached });
	const exit = once(child, "exit");
	test.after(async () => {
		child.kill("SIGKILL");
		await exit;
	});
	await once(child, "spawn");
	return { child, pid: child.pid as number };
}

async function familyOf(target: Program, size: number): Promise<number[]> {
	for (;;) {
		const found = await pids(target);
		if (found.length === size) return found;
	}
}

for (const [name, table] of tables) {
	test(`${name}: a watched process is found, signalled and seen to end`, async (t) => {
		const { pid } = await stranger(t, fixture("listens", "127.0.0.1"));
		const target = await watchPid(pid, table);
		assert.equal((await findPort(target, { timeoutMs: 30_000 }))[0]?.pid, pid);
		assert.deepEqual(await pids(target), [pid]);
		assert.ok(target.signal("SIGTERM"));
		const { code, signal } = await target.ended;
		assert.deepEqual([code, signal], [null, null]);
		assert.equal(target.signal("SIGTERM"), false);
		assert.equal(target.signal("SIGTERM", { group: true }), false);
		assert.deepEqual(await target.leftProcesses(), []);
	});

	test(`${name}: a watched process's child is left, and killed if asked to`, async (t) => {
		const { pid } = await stranger(t, fixture("leaves-a-child", "new-session"));
		const target = await watchPid(pid, table);
		const [, child] = (await familyOf(target, 2)).sort((a, b) => Number(b === pid) - Number(a === pid));
		assert.ok(target.signal("SIGTERM"));
		await target.ended;
		target.close();
		assert.deepEqual(
			(await target.leftProcesses()).map((process) => process.pid),
			[child],
		);
		await target.kill();
		assert.equal(await isLiving(Number(child)), false);
	});

	test(`${name}: a watched process is killed if asked to`, async (t) => {
		const { child, pid } = await stranger(t, fixture("ignores-sigterm"));
		const exit = once(child, "exit");
		const target = await watchPid(pid, table);
		await target.kill();
		assert.deepEqual(await exit, [null, "SIGKILL"]);
	});
}

test("a process that does not exist", async (t) => {
	const { child, pid } = await stranger(t, fixture("ends-before-it-listens"));
	if (child.exitCode === null) await once(child, "exit");
	await assert.rejects(watchPid(pid), {
		name: "TargetError",
		code: "ERR_DRILL_NO_SUCH_PROCESS",
		message: `There is no process ${pid}.`,
	});
});

test("what is no pid", async () => {
	for (const pid of [0, -1, 1.5, Number.NaN, process.pid]) await assert.rejects(watchPid(pid), RangeError);
});

test("a process of another user", { skip: process.getuid?.() !== 0 }, async (t) => {
	const watchPidFile = import.meta.resolve("#src/program/watch-pid.js");
	// Not root, and not allowed to signal root.
	const script = `import("${watchPidFile}").then(({ watchPid }) => { process.setuid(65534); return watchPid(${process.pid}); })
		.catch((error) => console.log(error.code + "\\n" + error.message))`;
	const { target } = await started(t, [process.execPath, "-e", script]);
	await target.ended;
	assert.equal(
		await target.finalOutput(),
		`ERR_DRILL_NOT_PERMITTED\nThe process ${process.pid} may not be signalled by this user.\n`,
	);
});

test("the drill does not signal its own group", async (t) => {
	const { pid } = await stranger(t, fixture("stays-alive"), false);
	const target = await watchPid(pid);
	t.after(() => target.close());
	assert.throws(() => target.signal("SIGINT", { group: true }), { code: "ERR_DRILL_OWN_GROUP" });
	assert.ok(await isLiving(pid));
});

test("a zombie has ended", { skip: process.platform !== "linux" }, async (t) => {
	// The shell that becomes `sleep` never collects its child.
	const { target: parent, said } = await started(t, ["sh", "-c", "sh -c 'echo $$.; read line' & exec sleep 1000"]);
	const [, pid] = await said(/(\d+)\./);
	await assert.rejects(
		async () => {
			const target = await watchPid(Number(pid));
			target.signal("SIGKILL");
			await target.ended;
			await watchPid(Number(pid));
		},
		{ code: "ERR_DRILL_NO_SUCH_PROCESS" },
	);
	assert.equal(process.kill(Number(pid), 0), true);
	assert.deepEqual(await pids(parent), [parent.pid]);
});
