import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { test } from "node:test";
import { runStopCommand } from "#src/program/run-stop-command.js";
import { fixtureLine, isLiving } from "../support/started-program.ts";

const timeoutMs = 60_000;

test("a stop command's code, output and end are reported", async () => {
	let passedOn = "";
	const onOutput = (text: string): void => {
		passedOn += text;
	};
	const startedAtMs = performance.now();
	const end = await runStopCommand('WORD=word; echo "$WORD" | tr a-z A-Z; exit 4', { timeoutMs, onOutput });
	assert.equal(end.code, 4);
	assert.equal(passedOn, "WORD\n");
	assert.ok(startedAtMs < end.endedAtMs && end.endedAtMs <= performance.now());
});

test("a stop command that a signal ends", async () => {
	assert.equal((await runStopCommand("kill -9 $$", { timeoutMs })).code, null);
});

test("a stop command that does not exist", async () => {
	const { signal } = new AbortController();
	let output = "";
	const onOutput = (text: string): void => {
		output += text;
	};
	const { code } = await runStopCommand("no-such-command", { timeoutMs, signal, onOutput });
	assert.equal(getEventListeners(signal, "abort").length, 0);
	assert.equal(code, 127);
	assert.match(output, /no-such-command/);
});

test("a stop command whose time is over is killed with its children", async () => {
	const line = `${fixtureLine("leaves-a-child", "new-session")}; true`;
	let output = "";
	const onOutput = (text: string): void => {
		output += text;
	};
	const startedAtMs = performance.now();
	const end = await runStopCommand(line, { timeoutMs: 1000, onOutput });
	assert.equal(end.code, null);
	assert.ok(end.endedAtMs - startedAtMs >= 1000);
	const child = /left (\d+)\./.exec(output)?.[1];
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
	let output = "";
	const onOutput = (text: string): void => {
		output += text;
	};
	const end = await runStopCommand("sleep 1000 & echo $!", { timeoutMs, onOutput });
	const pid = Number(output);
	t.after(() => process.kill(pid, "SIGKILL"));
	assert.equal(end.code, 0);
	assert.ok(await isLiving(pid));
});
