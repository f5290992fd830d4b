import assert from "node:assert/strict";
import { chmod, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { startProgram } from "#src/program/start-program.js";
import { fixture, fixtureLine, started } from "../support/started-program.ts";

async function folder(test: TestContext): Promise<string> {
	const path = await realpath(await mkdtemp(join(tmpdir(), "target-")));
	test.after(() => rm(path, { recursive: true }));
	return path;
}

test("a command runs where the drill does, with its environment, and its output is kept and passed on", async () => {
	let passedOn = "";
	const script = "echo out $HOME; pwd; echo err >&2; cat; exit 7";
	const target = await startProgram(["sh", "-c", script], {
		onOutput: (text) => {
			passedOn += text;
		},
	});
	const { code, signal } = await target.ended;
	assert.deepEqual([code, signal], [7, null]);
	const output = await target.finalOutput();
	assert.deepEqual(output.trim().split("\n").sort(), [process.cwd(), "err", `out ${process.env.HOME}`].sort());
	assert.equal(passedOn, output);
	assert.equal(target.name, `sh -c ${script}`);
	await target.kill();
});

test("only the end of a long output is kept, and it is whole when the target has ended", async (t) => {
	const { target } = await started(t, [process.execPath, "-e", "process.stdout.write('x'.repeat(300_000) + 'end')"]);
	assert.match(await target.finalOutput(), /^x+end$/);
	assert.equal(target.output.length, 65_536);
});

test("a command that does not exist", async () => {
	const failure = { name: "TargetError", code: "ERR_DRILL_COMMAND_NOT_FOUND" };
	await assert.rejects(startProgram(["no-such-command", "x"]), {
		...failure,
		message: /"no-such-command" in the PATH/,
	});
	await assert.rejects(startProgram(["./no-such-file"]), { ...failure, message: /"\.\/no-such-file"\./ });
});

test("a file that is no program", async (t) => {
	const file = join(await folder(t), "file");
	await writeFile(file, "#!/bin/sh\n");
	await chmod(file, 0o644);
	await assert.rejects(startProgram([file]), { code: "ERR_DRILL_COMMAND_NOT_EXECUTABLE", message: /file" may not/ });
});

test("a command that no system takes", async () => {
	await assert.rejects(startProgram(["sh", "-c", "a\0b"]), { code: "ERR_DRILL_START_FAILED" });
	await assert.rejects(startProgram([]), TypeError);
});

test("a child that holds the pipes does not delay the end", async (t) => {
	const { target, said } = await started(t, fixture("leaves-a-child", "at-once"));
	const [, child] = await said(/left (\d+)\./);
	await target.ended;
	assert.deepEqual(
		(await target.leftProcesses()).map(({ pid }) => pid),
		[Number(child)],
	);
});

test("through sh -c, a signal reaches the shell alone", async (t) => {
	const { target, said } = await started(t, ["sh", "-c", `${fixtureLine("stays-alive")}; true`]);
	const [, pid] = await said(/(\d+) stays/);
	assert.ok(target.signal("SIGTERM"));
	const { code, signal } = await target.ended;
	assert.deepEqual([code, signal], [null, "SIGTERM"]);
	const left = await target.leftProcesses();
	assert.deepEqual(
		left.map((process) => process.pid),
		[Number(pid)],
	);
	assert.match(String(left[0]?.command), /stays-alive\.js/);
	await target.kill();
	assert.deepEqual(await target.processes(), []);
});

test("through npm run, the whole family is seen and ended", async (t) => {
	const cwd = await folder(t);
	const scripts = { start: fixtureLine("stays-alive") };
	await writeFile(join(cwd, "package.json"), JSON.stringify({ scripts }));
	const { target, said } = await started(t, ["npm", "--prefix", cwd, "run", "start"]);
	const [, pid] = await said(/(\d+) stays/);
	const seen = (await target.processes()).map((process) => process.pid);
	assert.ok(seen.includes(target.pid) && seen.includes(Number(pid)));
	await target.kill();
	assert.equal((await target.ended).signal, "SIGKILL");
	assert.deepEqual(await target.processes(), []);
});
