import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { Child, type Ending } from "../support/child.ts";
import { assertInOrder, count } from "../support/text.ts";
import { fixture } from "./fixture.ts";
import { TerminalChild } from "./terminal.ts";

const FIXTURE = fixture("ends-with-its-input");
const isWindows = process.platform === "win32";
const noTerminal = spawnSync("python3", ["--version"]).status !== 0 && "there is no python3 to make a terminal with";

/** Starts the fixture on a pipe that this test writes to. */
function onPipe(t: TestContext, how: string, when = "at once"): Child {
	return new Child(t, process.execPath, [FIXTURE, "{}", how, when], { stdio: ["pipe", "pipe", "pipe"] });
}

/** Starts the fixture with a file as its standard input. */
function onFile(t: TestContext, path: string, how: string, when = "at once", flags = "r"): Child {
	return new Child(t, process.execPath, [FIXTURE, "{}", how, when], {
		stdio: [openSync(path, flags), "pipe", "pipe"],
	});
}

function fileWith(t: TestContext, text: string): string {
	const folder = mkdtempSync(join(tmpdir(), "lastcall-input-"));
	t.after(() => rmSync(folder, { recursive: true }));
	writeFileSync(join(folder, "input"), text);
	return join(folder, "input");
}

async function endsWell(child: Child, reason = "end of standard input"): Promise<Ending> {
	const ending = await child.ended;
	assert.equal(ending.exit, 0, ending.stderr);
	assert.ok(ending.stderr.includes(` is shutting down: ${reason}; `), ending.stderr);
	assertInOrder(ending.stderr, /is shutting down/, /everything finished, exit code 0$/m);
	assert.equal(count(ending.stderr, /warning|open handles/), 0, ending.stderr);
	return ending;
}

const READING = ["data", "readable", "readline", "pipe", "iteration"];

describe("the end of standard input stops a program that asks for it", { concurrency: 2 }, () => {
	for (const how of READING) {
		it(`that reads it by ${how}, after its last data`, async (t) => {
			const child = onPipe(t, how);
			await child.running();
			child.process.stdin?.write("one\n");
			await child.printed(/^read one$/m);
			child.process.stdin?.end("two\n");
			const { stdout } = await endsWell(child);
			assert.equal(stdout, "read one\nread two\n");
		});

		it(`that begins to read it by ${how} when some of it has waited for long, and reads all of it`, async (t) => {
			const child = onPipe(t, how, "later");
			await child.running();
			child.process.stdin?.write("one\n");
			await child.printed(/^reading$/m);
			await child.printed(/^read one$/m);
			child.process.stdin?.end("two\n");
			const { stdout } = await endsWell(child);
			assert.equal(stdout, "reading\nread one\nread two\n");
		});

		it(`that begins to read it by ${how} late in main, when it has ended already`, async (t) => {
			const { stdout } = await endsWell(onFile(t, fileWith(t, "one\ntwo\n"), how, "in main"));
			assert.equal(stdout, "read one\nread two\n");
		});
	}

	it("that does not read it, from a pipe, with and without unread input", async (t) => {
		for (const unread of ["", "one\n"]) {
			const child = onPipe(t, "nothing");
			await child.running();
			child.process.stdin?.end(unread);
			await endsWell(child);
		}
	});

	it("that no longer reads it", async (t) => {
		const child = onPipe(t, "first chunk");
		await child.running();
		child.process.stdin?.write("one\n");
		await child.printed(/^read one$/m);
		child.process.stdin?.end();
		await endsWell(child);
	});

	it("that drops it, from the start or later", async (t) => {
		for (const when of ["at once", "later"]) {
			const child = onPipe(t, "resume", when);
			await child.running();
			child.process.stdin?.write("one\n");
			if (when === "later") await child.printed(/^reading$/m);
			child.process.stdin?.end();
			await endsWell(child);
		}
	});

	it("when it is running, if the input is a file, or /dev/null", { skip: isWindows }, async (t) => {
		const { stderr } = await endsWell(onFile(t, "/dev/null", "nothing"));
		assertInOrder(stderr, / is running$/m, / is shutting down/);
		await endsWell(onFile(t, fileWith(t, "one\n"), "nothing"));
	});

	it("if standard input is closed, or cannot be read", { skip: isWindows }, async (t) => {
		const command = `'${process.execPath}' '${FIXTURE}' '{}' nothing <&-`;
		await endsWell(new Child(t, "sh", ["-c", `exec ${command}`]));
		const child = onFile(t, fileWith(t, ""), "nothing", "at once", "a");
		await endsWell(child, "end of standard input (EBADF)");
	});

	it("when the process on the other end of the pipe is killed", { skip: isWindows }, async (t) => {
		for (const how of ["nothing", "data"]) {
			const source = `
				const { spawn } = require("node:child_process");
				const child = spawn(process.execPath, process.argv.slice(1), { stdio: ["pipe", "inherit", "inherit"] });
				child.stdin.write("one\\n");
			`;
			const child = new Child(t, process.execPath, ["-e", source, FIXTURE, "{}", how]);
			await child.running();
			child.kill("SIGKILL");
			const { exit, stderr } = await child.ended;
			assert.equal(exit, "SIGKILL");
			assertInOrder(stderr, / is shutting down: end of standard input; /, /everything finished, exit code 0$/m);
		}
	});

	it("at Ctrl+D on a terminal, whether it reads or not", { skip: noTerminal }, async (t) => {
		for (const how of ["nothing", "data"]) {
			const child = new TerminalChild(t, 80, [process.execPath, FIXTURE, "{}", how]);
			await child.printed(/ is running\r?$/m);
			child.type("\x04");
			await child.printed(/ is shutting down: end of standard input; /);
			await child.printed(/everything finished, exit code 0/);
			await child.ended;
		}
	});
});

describe("a watched standard input", { concurrency: 2 }, () => {
	it("does not keep a program alive that has nothing left to do", async (t) => {
		await endsWell(onPipe(t, "idle"), "nothing left to do");
	});

	it("does not hold up the end of the process at a signal", { skip: isWindows }, async (t) => {
		const child = onPipe(t, "nothing");
		await child.running();
		child.process.stdin?.write("one\n");
		child.kill("SIGTERM");
		await endsWell(child, "SIGTERM");
	});

	it("is given back after a run that does not end the process: unread, and not holding the process", async (t) => {
		for (const [reads, output] of [
			["reads", "run ended: call\nread one\nread two\n"],
			["leaves", "run ended: call\n"],
		] as const) {
			const child = new Child(t, process.execPath, [fixture("reads-after-its-run"), reads], {
				stdio: ["pipe", "pipe", "pipe"],
			});
			await child.running();
			child.process.stdin?.on("error", () => {}).write("one\n");
			await child.printed(/^run ended/m);
			if (reads === "reads") {
				await child.printed(/^read one$/m);
				child.process.stdin?.end("two\n");
			}
			const { exit, stdout } = await child.ended;
			assert.equal(exit, 0);
			assert.equal(stdout, output);
		}
	});

	it("keeps a program alive that reads it late", async (t) => {
		const child = onPipe(t, "data", "later");
		await child.running();
		child.process.stdin?.write("one\n");
		await child.printed(/^read one$/m);
		child.process.stdin?.write("two\n");
		await child.printed(/^read two$/m);
		child.process.stdin?.end();
		await endsWell(child);
	});
});
