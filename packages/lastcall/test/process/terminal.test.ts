import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { describe, it, type TestContext } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { ask } from "../support/ask.ts";
import { Screen } from "../support/screen.ts";
import { assertInOrder } from "../support/text.ts";
import { fixture, start } from "./fixture.ts";
import { TerminalChild } from "./terminal.ts";

const CTRL_C = "\x03";
/** Longer than the time in which repeated signals count as one. */
const DELIBERATELY_MS = 600;
const skip = spawnSync("python3", ["--version"]).status !== 0 && "there is no python3 to make a terminal with";

/** A program on a terminal, with a request that is never answered. */
async function stuck(t: TestContext, columns: number, env: NodeJS.ProcessEnv = {}): Promise<TerminalChild> {
	const args = [fixture("answers-slowly"), JSON.stringify({ name: "shop", gracePeriodMs: 60_000 })];
	const child = new TerminalChild(t, columns, [process.execPath, ...args], env);
	const [, port] = await child.printed(/ listens on http:\/\/\S+:(\d+)\r?$/m);
	await child.printed(/ is running\r?$/m);
	void ask(Number(port), "/stuck");
	await child.printed(/handling \/stuck/);
	return child;
}

/** Ages, times and the pid, which differ in each recording. */
function steady(lines: readonly string[]): string[] {
	return lines.map((line) =>
		line
			.replace(/\d+\.\d s/g, "_ s")
			.replace(/\d+ (ms|s)\b/g, "_ $1")
			.replace(/_ ms/g, "_ s")
			.replace(/ +_/g, " _")
			.replace(/pid \d+/, "pid _")
			.replace(/:\d+$/, ":_"),
	);
}

async function shown(text: string, columns: number): Promise<string[]> {
	const screen = new Screen(columns);
	screen.write(text);
	return steady(await screen.lines());
}

const STARTED = [
	"lastcall: http listens on http://127.0.0.1:_",
	"lastcall: shop (pid _) is running",
	"handling /stuck",
];

describe("on a terminal", { skip, concurrency: 4 }, () => {
	it("Ctrl+C shows what is waited for, a second one ends the process, and a plain log is left", async (t) => {
		const child = await stuck(t, 80);
		child.type(CTRL_C);
		const [, meanwhile = ""] = await child.printed(/^([\s\S]*GET \/stuck +\d+\.\d s)/);
		assert.deepEqual(await shown(meanwhile, 80), [
			"",
			...STARTED,
			"^C",
			"lastcall: shop (pid _) is shutting down: SIGINT; grace period _ s",
			"lastcall: draining, 1 in flight: http GET /stuck (_ s)",
			"",
			"draining, _ s left, 1 in flight, Ctrl+C again to stop now",
			"  http GET /stuck _ s",
		]);
		await delay(DELIBERATELY_MS);
		child.type(CTRL_C);
		const { exit, stdout } = await child.ended;
		assert.equal(exit, 130);
		assert.deepEqual(await shown(stdout, 80), [
			"",
			...STARTED,
			"^C",
			"lastcall: shop (pid _) is shutting down: SIGINT; grace period _ s",
			"lastcall: draining, 1 in flight: http GET /stuck (_ s)",
			"lastcall: hard stop after _ s (SIGINT): left http GET /stuck (_ s)",
			"lastcall: closed after _ s, 1 left, exit code 130",
		]);
	});

	it("no line wraps where the terminal is narrow, or is made wider", async (t) => {
		const child = await stuck(t, 24);
		child.type(CTRL_C);
		const [, narrow = ""] = await child.printed(/^([\s\S]*GET \/st\S* +\d+\.\d s)/);
		assert.deepEqual((await shown(narrow, 24)).slice(-2), ["draining, _ s left", "  http GET /stu… _ s"]);
		child.type("resize 100 24");
		await child.printed(/ in flight, Ctrl\+C again to stop now\r+\n/);
		await delay(DELIBERATELY_MS);
		child.type(CTRL_C);
		assert.equal((await child.ended).exit, 130);
	});

	it("a program that logs while it closes leaves its log and nothing of the block, and has its streams back", async (t) => {
		const child = new TerminalChild(t, 80, [process.execPath, fixture("logs-while-closing")]);
		await child.printed(/ is running\r?$/m);
		child.type(CTRL_C);
		const { exit, stdout } = await child.ended;
		assert.equal(exit, 0);
		assert.ok(stdout.includes("Ctrl+C again to stop now"), "a block was drawn");
		assert.deepEqual(await shown(stdout, 80), [
			"",
			"lastcall: shop (pid _) is running",
			"^C",
			"lastcall: shop (pid _) is shutting down: SIGINT; grace period _ s",
			"lastcall: draining, nothing in flight",
			"lastcall: closing 2 resources",
			"closing the queue … done",
			"a line of a child",
			"database closed",
			"lastcall: closed after _ s, everything finished, exit code 0",
			"given back: true",
		]);
	});

	it("the block is gone where the program exits in the middle of the shutdown", async (t) => {
		const child = new TerminalChild(t, 80, [process.execPath, fixture("logs-while-closing"), "exit"]);
		await child.printed(/ is running\r?$/m);
		child.type(CTRL_C);
		const { exit, stdout } = await child.ended;
		assert.equal(exit, 3);
		const lines = await shown(stdout, 80);
		assert.match(lines.at(-1) ?? "", /^lastcall: warning: process\.exit\(\) was called at .* while closing: /);
	});

	it("the log has no colors with NO_COLOR", async (t) => {
		for (const [env, has] of [
			[{}, true],
			[{ NO_COLOR: "1" }, false],
		] as const) {
			const child = await stuck(t, 80, env);
			child.type(CTRL_C);
			await child.printed(/ in flight, Ctrl\+C again to stop now\r+\n/);
			await delay(DELIBERATELY_MS);
			child.type(CTRL_C);
			assert.equal((await child.ended).stdout.includes("\x1b[33m"), has);
		}
	});

	for (const env of [{ CI: "true" }, { TERM: "dumb" }] as const) {
		it(`with ${Object.entries(env).join().replace(",", "=")} the log is plain`, async (t) => {
			const child = await stuck(t, 80, env);
			child.type(CTRL_C);
			await child.printed(/ left, 1 in flight: http GET \/stuck/);
			child.type(CTRL_C);
			const { exit, stdout } = await child.ended;
			assert.equal(exit, 130);
			assert.ok(!stdout.includes("\x1b"), stdout);
		});
	}
});

describe("without a terminal", { concurrency: 4 }, () => {
	it("the log is plain", async (t) => {
		const child = start(t, "answers-slowly", { lingerMs: 0, gracePeriodMs: 1_500 });
		void ask(await child.port(), "/stuck");
		await child.printed(/handling \/stuck/);
		child.kill("SIGTERM");
		const { stderr } = await child.ended;
		assert.ok(!stderr.includes("\x1b"), stderr);
	});

	it("the log is JSON where the program asks for that, to the last line", async (t) => {
		const child = start(t, "answers-slowly", { name: "shop", lingerMs: 0, log: "json" });
		const [, port] = await child.printed(/"msg":"http listens on http:[^"]*:(\d+)"/);
		await child.printed(/"msg":"shop \(pid \d+\) is running"/);
		assert.equal(await ask(Number(port), "/"), "200 whole");
		child.kill("SIGTERM");
		const { exit, stderr } = await child.ended;
		assert.equal(exit, 0, stderr);
		const events = stderr
			.trim()
			.split("\n")
			.filter((line) => line !== "handling /")
			.map((line) => JSON.parse(line));
		assert.deepEqual(
			events.map(({ level, name, event }) => [level, name, event.type]),
			[
				["info", "shop", "listening"],
				["info", "shop", "running"],
				["info", "shop", "stopping"],
				["info", "shop", "draining"],
				["debug", "shop", "drained"],
				["info", "shop", "closed"],
			],
		);
		assert.equal(events[2].event.reason.signal, "SIGTERM");
		assert.equal(events[5].event.report.exitCode, 0);
	});

	it("the snapshot signal logs what is in flight and what holds the event loop, while running and while draining", async (t) => {
		const child = start(t, "answers-slowly", { name: "shop", gracePeriodMs: 60_000, snapshotSignal: "SIGQUIT" });
		void ask(await child.port(), "/stuck");
		await child.printed(/handling \/stuck/);
		child.kill("SIGQUIT");
		await child.printed(/is running, ready, 1 in flight\n[\s\S]*open handles/);
		child.kill("SIGTERM");
		await child.printed(/draining, 1 in flight/);
		child.kill("SIGQUIT");
		await child.printed(/is draining, not ready, .*\n[\s\S]*open handles/);
		await delay(DELIBERATELY_MS);
		child.kill("SIGINT");
		const { exit, stderr } = await child.ended;
		assert.equal(exit, 130, stderr);
		assertInOrder(
			stderr,
			/^lastcall: shop \(pid \d+\) is running, ready, 1 in flight\nlastcall: {3}http GET \/stuck \(.*\)\nlastcall: open handles: .*TCPSocketWrap/m,
			/^lastcall: shop \(pid \d+\) is draining, not ready, \d+ s left, 1 in flight\nlastcall: {3}http GET \/stuck \(/m,
		);
	});

	it("SIGQUIT is left alone where the program has not asked for snapshots", async (t) => {
		const child = start(t, "answers-slowly");
		await child.running();
		child.kill("SIGQUIT");
		assert.equal((await child.ended).exit, "SIGQUIT");
	});
});
