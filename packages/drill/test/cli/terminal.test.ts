import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { describe, it, type TestContext } from "node:test";
import { CLI, folder, plainEnvironment, server } from "../support/drill-process.ts";
import { screenAfter } from "./screen-after.ts";

// `script` differs from system to system, and the module copies what is typed, too.
const python = `import os, pty, sys
sys.exit(os.waitstatus_to_exitcode(pty.spawn(["sh", "-c", 'stty cols 100 rows 40; exec "$@"', "sh", *sys.argv[1:]])))`;
const hasPty = spawnSync("python3", ["-c", "import os, pty; os.waitstatus_to_exitcode"]).status === 0;

const ESCAPE = "\u001b";

/** The drill on a terminal of its own. */
class Terminal {
	readonly child: ChildProcess;
	output = "";
	readonly #ended: Promise<unknown[]>;
	#look: () => void = () => {};

	constructor(test: TestContext, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
		this.child = spawn("python3", ["-c", python, process.execPath, CLI, ...args], {
			cwd: folder(test),
			env: { ...plainEnvironment(), TERM: "xterm-256color", ...env },
			stdio: ["pipe", "pipe", "inherit"],
		});
		test.after(() => this.child.kill("SIGKILL"));
		this.#ended = once(this.child, "close");
		this.child.stdout?.setEncoding("utf8").on("data", (text: string) => {
			this.output += text;
			this.#look();
		});
	}

	/** Resolves when the output so far matches. If it never does, the test runner's time limit ends the wait. */
	shows(pattern: RegExp): Promise<void> {
		return new Promise((resolve) => {
			this.#look = () => {
				if (pattern.test(this.output)) resolve();
			};
			this.#look();
		});
	}

	type(text: string): void {
		this.child.stdin?.write(text);
	}

	async end(): Promise<{ code: unknown; screen: string }> {
		const [code] = await this.#ended;
		return { code, screen: screenAfter(this.output) };
	}
}

describe("on a terminal", { concurrency: 2, skip: !hasPty && "python3 and its pty module are needed" }, () => {
	const load = ["-l", "back-to-back", "--"];

	it("a live line shows the current step, and is removed at the end", async (t) => {
		const terminal = new Terminal(t, ["--rounds", "2", ...load, ...server("loses-nothing")]);
		const { code, screen } = await terminal.end();
		for (const live of [
			/round 1 of 2: starting the target, /,
			/round 1 of 2: loading, .* requests, 0 lost/,
			/round 2 of 2: waiting for it to end after SIGTERM, /,
			/round 2 of 2: counting, /,
		]) {
			assert.match(terminal.output, live);
			assert.doesNotMatch(screen, live);
		}
		assert.match(
			screen,
			/^round 1: exit 0 after .*, none lost\nround 2: exit 0 after .*, none lost\n\nload +requests .*\nback-to-back .*\n\nPASS none of .*$/,
		);
		assert.ok(terminal.output.includes(`${ESCAPE}[32m`), "no green");
		assert.equal(code, 0);
		assert.ok(isCursorShown(terminal.output));
	});

	it("NO_COLOR leaves the colors out", async (t) => {
		const terminal = new Terminal(t, [...load, ...server("loses-nothing")], { NO_COLOR: "1" });
		const { screen } = await terminal.end();
		assert.match(screen, /^PASS /m);
		assert.equal(new RegExp(`${ESCAPE}[[d;]*m`).exec(terminal.output), null);
	});

	it("CI leaves the live line out", async (t) => {
		const terminal = new Terminal(t, [...load, ...server("loses-nothing")], { CI: "true" });
		const { screen } = await terminal.end();
		assert.match(screen, /^round 1: exit 0 /);
		assert.doesNotMatch(terminal.output, /round 1 of 1/);
	});

	it("Ctrl+C is not the target's, and leaves a clean screen", async (t) => {
		const terminal = new Terminal(t, ["-v", ...load, ...server("has-a-family", "never-ends")]);
		await terminal.shows(/waiting for it to end after SIGTERM/);
		terminal.type("\u0003");
		const { code, screen } = await terminal.end();
		assert.equal(code, 130);
		assert.match(screen, /\nlastcall-drill: interrupted; the target has been ended$/);
		assert.doesNotMatch(screen, /round 1 of 1/);
		assert.ok(isCursorShown(terminal.output));
	});
});

/** Returns true if the cursor is visible at the end. */
function isCursorShown(output: string): boolean {
	return output.lastIndexOf(`${ESCAPE}[?25h`) >= output.lastIndexOf(`${ESCAPE}[?25l`);
}
