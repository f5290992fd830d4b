import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { ask } from "../support/ask.ts";
import { Child } from "../support/child.ts";
import { namedPipe } from "../support/named-pipe.ts";
import { assertInOrder } from "../support/text.ts";
import { fixture, start } from "./fixture.ts";

const isWindows = process.platform === "win32";
const noNamespace =
	spawnSync("unshare", ["--pid", "--fork", "--mount-proc", "true"]).status !== 0 && "no PID namespace to be had";
const noPython = spawnSync("python3", ["--version"]).status !== 0 && "no python3 for a terminal";
const hasExecve = typeof (process as { execve?: unknown }).execve === "function";

/** The only child of a process: PID 1 of a new PID namespace. */
function childOf(pid: number | undefined): number {
	return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim());
}

/** Runs a fixture as PID 1. */
function startAsPid1(t: TestContext, name: string, options: object, ...args: string[]): Child {
	const namespace = ["--pid", "--fork", "--mount-proc", "--kill-child"];
	return new Child(t, "unshare", [...namespace, process.execPath, fixture(name), JSON.stringify(options), ...args]);
}

const STUCK = [
	{ how: "pool", what: "a file that never ends being read", threads: /^(FSReqCallback|libuv thread \d+)$/, code: 0 },
	{ how: "worker", what: "a worker thread in a native call", threads: /worker thread \d+/, code: 0 },
	{ how: "unref", what: "the same that holds no event loop", threads: /worker thread \d+/, code: 0 },
	{ how: "task", what: "a file and a hard stop", threads: /^(FSReqCallback|libuv thread \d+)$/, code: 1 },
] as const;

describe("a thread that never ends", { concurrency: 4, skip: isWindows }, () => {
	for (const { how, what, threads, code } of STUCK) {
		it(`does not keep the process where it is ${what}`, async (t) => {
			const child = start(t, "blocks-a-thread", { gracePeriodMs: 600 }, how, namedPipe(t));
			await child.running();
			await child.printed(/^waiting$/m);
			await child.printed(/^online$/m);
			child.kill("SIGTERM");
			const { exit, stderr } = await child.ended;
			const [, named, end] =
				/stuck threads would block process\.exit\(\): (.*); ending the process (.*)$/m.exec(stderr) ?? [];
			assert.match(named ?? stderr, threads);
			// The log says how the process ended, in either way.
			assert.equal(exit, hasExecve ? code : "SIGKILL", stderr);
			assert.equal(end, hasExecve ? `with exit code ${code}` : `by SIGKILL, not with exit code ${code}`);
			assertInOrder(stderr, new RegExp(`exit code ${code}$`, "m"), new RegExp(`^exit listener heard ${code}$`, "m"));
		});
	}

	it("does not keep the process where the process is PID 1", { skip: noNamespace }, async (t) => {
		const child = startAsPid1(t, "blocks-a-thread", { gracePeriodMs: 600 }, "pool", namedPipe(t));
		await child.running();
		process.kill(childOf(child.process.pid), "SIGTERM");
		const { exit, stderr } = await child.ended;
		// Without execve: abort() of PID 1 ends with an illegal instruction, since SIGABRT is ignored.
		if (hasExecve) assert.equal(exit, 0, stderr);
		else assert.notEqual(exit, "SIGKILL", stderr);
		assert.match(
			stderr,
			hasExecve
				? /process\.exit\(\): .* with exit code 0$/m
				: /process\.exit\(\): .* by SIGABRT, not with exit code 0$/m,
		);
	});

	it("is not confused with a file that is still being written", async (t) => {
		const folder = mkdtempSync(join(tmpdir(), "lastcall-file-"));
		t.after(() => rmSync(folder, { recursive: true }));
		const child = start(t, "writes-a-file", {}, join(folder, "big"));
		await child.running();
		child.kill("SIGTERM");
		const { exit, stderr } = await child.ended;
		assert.equal(exit, 0, stderr);
		assert.doesNotMatch(stderr, /stuck/);
	});
});

describe("an event loop that is blocked for good, as PID 1", { skip: noNamespace }, () => {
	it("is ended with exit code 1 after the deadline, and says so", async (t) => {
		const child = startAsPid1(t, "blocks-for-ever", { gracePeriodMs: 300 });
		await child.running();
		process.kill(childOf(child.process.pid), "SIGTERM");
		const { exit, stderr } = await child.ended;
		assert.equal(exit, 1, stderr);
		assertInOrder(stderr, /^blocking$/m, /^lastcall: the event loop is blocked past the deadline; .* exit code 1$/m);
	});
});

/** Stops the output of a terminal, as Ctrl+S does, when the program on it is running; then stops the program. */
const STOPPED_TERMINAL = `
import os, signal, subprocess, sys, termios
master, slave = os.openpty()
child = subprocess.Popen(sys.argv[1:], stdin=slave, stdout=slave, stderr=slave, start_new_session=True)
output = b""
while b" is running" not in output:
    output += os.read(master, 65536)
termios.tcflow(slave, termios.TCOOFF)
child.send_signal(signal.SIGTERM)
print(child.wait())
`;

describe("a blocked standard error", { concurrency: 2, skip: isWindows }, () => {
	it("does not keep the process where it is a terminal that is stopped", { skip: noPython }, async (t) => {
		const program = [process.execPath, fixture("answers-slowly"), JSON.stringify({ gracePeriodMs: 300 })];
		const { stdout, stderr } = await new Child(t, "python3", ["-c", STOPPED_TERMINAL, ...program]).ended;
		// The first line of the shutdown blocks the event loop, and the last line would block the watchdog.
		assert.equal(stdout.trim(), "-9", stderr);
	});

	it("does not change the exit code where it is a full pipe that is not read", async (t) => {
		const child = start(t, "floods-standard-error", { gracePeriodMs: 800 });
		await child.running();
		child.process.stderr?.pause();
		const ended = once(child.process, "exit");
		child.kill("SIGTERM");
		assert.deepEqual(await ended, [0, null]);
		child.process.stderr?.resume();
		await child.ended;
	});
});

describe("a process that is paused past its deadline, as by docker pause", { skip: isWindows }, () => {
	it("ends with its own exit code when it goes on", async (t) => {
		const child = start(t, "answers-slowly", { gracePeriodMs: 2_000, lingerMs: 0 });
		const answer = ask(await child.port(), "/stuck");
		await child.printed(/handling \/stuck/);
		child.kill("SIGTERM");
		// A second later the watchdog has started too.
		await child.printed(/ left, 1 in flight/);
		child.kill("SIGSTOP");
		// The process is stopped until the deadline, and the half second after it, are over.
		await delay(2_000);
		child.kill("SIGCONT");
		const { exit, stderr } = await child.ended;
		assert.equal(await answer, "ECONNRESET");
		assert.equal(exit, 1, stderr);
		assert.doesNotMatch(stderr, /blocked/);
		assert.match(stderr, /^lastcall: closed after [\d.]+ s, 1 left, exit code 1$/m);
	});
});

describe("the longest possible grace period", () => {
	it("is not too long for a timer", async (t) => {
		const child = start(t, "answers-slowly", { gracePeriodMs: 2 ** 31 - 1, lingerMs: 0 });
		const answer = ask(await child.port(), "/slow");
		await child.printed(/handling \/slow/);
		child.kill("SIGTERM");
		assert.equal(await answer, "200 whole");
		const { exit, stderr } = await child.ended;
		assert.equal(exit, 0, stderr);
		assert.doesNotMatch(stderr, /TimeoutOverflowWarning/);
	});
});
