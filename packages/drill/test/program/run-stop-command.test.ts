import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { test } from "node:test";
import { runStopCommand } from "#src/program/run-stop-command.js";
import { fixtureLine, isLiving } from "../support/started-program.ts";

const timeoutMs = 60_000;

test("a stop command's code, output and times are told", async () => {
	let passedOn = "";
	const onOutput = (text: string): void => {
		passedOn += text;
	};
	const end = await runStopCommand('echo "$WORD" | tr a-z A-Z; exit 4', { timeoutMs, onOutput, env: { WORD: "word" } });
	assert.deepEqual([end.code, end.signal, end.output, end.timedOut], [4, null, "WORD\n", false]);
	assert.equal(passedOn, "WORD\n");
	assert.ok(end.startedAtMs < end.endedAtMs);
});

test("a stop command that a signal ends", async () => {
	const { code, signal, timedOut } = await runStopCommand("kill -9 $$", { timeoutMs });
	assert.deepEqual([code, signal, timedOut], [null, "SIGKILL", false]);
});

test("a stop command that does not exist", async () => {
	const { signal } = new AbortController();
	const { code, output } = await runStopCommand("no-such-command", { timeoutMs, signal });
	assert.equal(getEventListeners(signal, "abort").length, 0);
	assert.equal(code, 127);
	assert.match(output, /no-such-command/);
});

test("a stop command whose time is over is killed with its children", async () => {
	const line = `${fixtureLine("leaves-a-child", "new-session")}; true`;
	const end = await runStopCommand(line, { timeoutMs: 1000 });
	assert.deepEqual([end.code, end.signal, end.timedOut], [null, "SIGKILL", true]);
	const child = /left (\d+)\./.exec(end.output)?.[1];
	// Whether it came that far by then depends on the machine.
	if (child !== undefined) assert.equal(await isLiving(Number(child)), false);
});

test("a stop command can be ended early", async () => {
	const controller = new AbortController();
	const reason = new Error("interrupted");
	let output = "";
	const run = runStopCommand(`${fixtureLine("leaves-a-child", "new-session")}; true`, {
		timeoutMs,
		signal: controller.signal,
		onOutput(text) {
			output += text;
			if (output.includes("stays")) controller.abort(reason);
		},
	});
	await assert.rejects(run, reason);
	assert.equal(await isLiving(Number(/(\d+) stays/.exec(output)?.[1])), false);
	await assert.rejects(runStopCommand("true", { timeoutMs, signal: controller.signal }), reason);
});

test("what a stop command leaves in the background is left there", async (t) => {
	const end = await runStopCommand("sleep 1000 & echo $!", { timeoutMs });
	const pid = Number(end.output);
	t.after(() => process.kill(pid, "SIGKILL"));
	assert.equal(end.code, 0);
	assert.ok(await isLiving(pid));
});
