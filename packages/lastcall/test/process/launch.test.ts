import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { ask } from "../support/ask.ts";
import { Child } from "../support/child.ts";
import { assertInOrder, count } from "../support/text.ts";
import { fixture, start } from "./fixture.ts";

const NODE = [process.execPath, fixture("answers-slowly"), JSON.stringify({ lingerMs: 0, gracePeriodMs: 1_500 })];
const QUOTED = NODE.map((word) => `'${word}'`).join(" ");
const linux = process.platform !== "linux" && "only Linux tells of a parent";
const namespaces =
	spawnSync("unshare", ["--pid", "--fork", "--mount-proc", "true"]).status !== 0 && "no PID namespace to be had";

/** Starts a command in a process group of its own, and resolves to the warnings of the program at its stop. */
async function warningsOf(t: TestContext, command: readonly string[], options: object = {}): Promise<string[]> {
	const [file = "", ...args] = command;
	const child = new Child(t, file, args, { detached: true, ...options });
	const [, pid] = await child.printed(/\(pid (\d+)\) is running/);
	// The warnings come in the turn after it is running, which is before any response.
	assert.equal(await ask(await child.port(), "/"), "200 whole");
	if (options !== PID_1) process.kill(Number(pid), "SIGTERM");
	else process.kill(-(child.process.pid ?? Number.NaN), "SIGKILL");
	const { stderr } = await child.ended;
	return [...stderr.matchAll(/^lastcall: warning: (.*)$/gm)].map(([, message = ""]) => message);
}

/** Its pid is valid only in its own namespace. */
const PID_1 = { cwd: "/" };

async function npmRun(t: TestContext, script: string): Promise<[string[], object]> {
	const folder = await mkdtemp(join(tmpdir(), "lastcall-launch-"));
	t.after(() => rm(folder, { recursive: true }));
	await writeFile(join(folder, "package.json"), JSON.stringify({ scripts: { serve: script } }));
	const env = { ...process.env, npm_config_update_notifier: "false", npm_config_loglevel: "error" };
	return [["npm", "run", "serve"], { cwd: folder, env }];
}

/** Returns a command that runs another one as this launcher does: node with the file of the launcher, which passes signals on. */
async function launcher(t: TestContext, name: string): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), "lastcall-launch-"));
	t.after(() => rm(folder, { recursive: true }));
	await symlink(fixture("starts-another"), join(folder, name));
	return `'${process.execPath}' '${join(folder, name)}'`;
}

describe("a launch that loses signals causes a warning", { skip: linux, concurrency: 4 }, () => {
	it("behind a shell", async (t) => {
		const [warning = "", ...more] = await warningsOf(t, ["sh", "-c", `${QUOTED}; true`]);
		assert.match(
			warning,
			/^started by a shell that does not forward signals \(sh, pid \d+\): SIGTERM .*; start it with "exec/,
		);
		assert.deepEqual(more, []);
	});

	it("behind a shell that a script of npm run has started", async (t) => {
		const env = { ...process.env, npm_lifecycle_event: "test", npm_lifecycle_script: "node scripts/test.js" };
		const [warning = "", ...more] = await warningsOf(t, ["sh", "-c", `${QUOTED}; true`], { env });
		assert.match(warning, /^started by a shell that does not forward signals /);
		assert.deepEqual(more, []);
	});

	it("behind the shell of npm run", async (t) => {
		const [warning = "", ...more] = await warningsOf(t, ...(await npmRun(t, `${QUOTED}; true`)));
		assert.match(warning, /^started by a shell of "npm run serve" that .*; write "exec node …" in that script, or /);
		assert.deepEqual(more, []);
	});

	it("behind a shell that has started a launcher, which forwards the signals that it never gets", async (t) => {
		const [warning = "", ...more] = await warningsOf(t, [
			"sh",
			"-c",
			`${await launcher(t, "cross-env")} ${QUOTED}; true`,
		]);
		assert.match(warning, /^started by a shell that does not forward signals \(sh, pid \d+\): .*"exec node …"$/);
		assert.deepEqual(more, []);
	});

	it("behind two launchers and the shell of npx", async (t) => {
		const command = `${await launcher(t, "dotenv")} ${await launcher(t, "tsx")} ${QUOTED}; true`;
		const env = { ...process.env, npm_config_update_notifier: "false", npm_config_loglevel: "error" };
		const [warning = "", ...more] = await warningsOf(t, ["npm", "exec", "-c", command], { env });
		assert.match(
			warning,
			/^started by a shell of npx that .*; start it with "node --import tsx …" or .*, without npx$/,
		);
		assert.deepEqual(more, []);
	});

	it("as PID 1", { skip: namespaces }, async (t) => {
		const [warning = "", ...more] = await warningsOf(t, ["unshare", "--pid", "--fork", "--mount-proc", ...NODE], PID_1);
		assert.match(warning, /^running as PID 1: .*; start it under an init \(docker run --init; /);
		assert.deepEqual(more, []);
	});

	it("under a PM2 that kills before the grace period is over", async (t) => {
		const env = { ...process.env, pm_id: "0", kill_timeout: "1500", PARENT_TITLE: "PM2 v6: God" };
		const [warning = "", ...more] = await warningsOf(t, [process.execPath, fixture("starts-another"), ...NODE], {
			env,
		});
		assert.match(
			warning,
			/^the grace period \(1500 ms\) is not shorter than .* PM2 kills the program \(1500 ms\); .* kill_timeout$/,
		);
		assert.deepEqual(more, []);
	});
});

describe("a launch that passes signals on causes no warning", { concurrency: 4 }, () => {
	it("by node itself", async (t) => assert.deepEqual(await warningsOf(t, NODE), []));

	it("by exec in a shell", async (t) => {
		assert.deepEqual(await warningsOf(t, ["sh", "-c", `exec ${QUOTED}`]), []);
	});

	it("by a shell that passes signals on", async (t) => {
		assert.deepEqual(await warningsOf(t, ["sh", "-c", `trap 'kill $!' TERM; ${QUOTED} & wait $!; wait $!`]), []);
	});

	it("by exec in the script of npm run", async (t) => {
		assert.deepEqual(await warningsOf(t, ...(await npmRun(t, `exec ${QUOTED}`))), []);
	});

	it("by a supervisor, also by a PM2 that waits long enough", async (t) => {
		const command = [process.execPath, fixture("starts-another"), ...NODE];
		assert.deepEqual(await warningsOf(t, command), []);
		const env = { ...process.env, pm_id: "0", kill_timeout: "1501", PARENT_TITLE: "PM2 v6: God" };
		assert.deepEqual(await warningsOf(t, command, { env }), []);
		assert.deepEqual(await warningsOf(t, command, { env: { ...env, kill_timeout: "5", PARENT_TITLE: "app" } }), []);
	});

	it("by a supervisor that a shell has started: it sends the signals itself", async (t) => {
		const supervisor = [process.execPath, fixture("starts-another")].map((word) => `'${word}'`).join(" ");
		assert.deepEqual(await warningsOf(t, ["sh", "-c", `${supervisor} ${QUOTED}; true`]), []);
	});

	it("by exec of a launcher in a shell", async (t) => {
		assert.deepEqual(await warningsOf(t, ["sh", "-c", `exec ${await launcher(t, "tsx")} ${QUOTED}`]), []);
	});

	it("by concurrently, which signals what its shells have started", async (t) => {
		const command = `exec ${await launcher(t, "concurrently")} sh -c "$1"`;
		assert.deepEqual(await warningsOf(t, ["sh", "-c", command, "sh", `${QUOTED}; true`]), []);
	});

	it("detached, with a parent that has gone", async (t) => {
		// The shell ends at once, so that the process that adopts orphans is the parent.
		assert.deepEqual(await warningsOf(t, ["sh", "-c", `${QUOTED} &`]), []);
	});

	it("by an init that is PID 1", { skip: namespaces }, async (t) => {
		const init = [process.execPath, fixture("starts-another"), ...NODE];
		assert.deepEqual(await warningsOf(t, ["unshare", "--pid", "--fork", "--mount-proc", ...init], PID_1), []);
	});
});

describe("a signal listener of other code", { concurrency: 2 }, () => {
	it("that was there before is shown with its source, in one warning for those that end the process and one for the others", async (t) => {
		const child = start(t, "ends-at-signals-itself");
		await child.printed(/also run at a signal.*\n/);
		child.kill("SIGKILL");
		const { stderr } = await child.ended;
		assertInOrder(
			stderr,
			/^lastcall: warning: these listeners end the process at a signal, .*: function shutDownMyself\(\) \{ process\.exit\(7\); \} \(SIGINT\), \(\) => process\.exit\(7\) \(SIGHUP\); remove /m,
			/^lastcall: warning: these listeners also run at a signal, .*: \(\) => console\.error\("innocent"\) \(SIGTERM\), bound closeCache \(SIGTERM\); a request fails /m,
		);
		assert.equal(count(stderr, /warning/), 2);
	});

	it("that was added after run() is named with its place", async (t) => {
		const child = start(t, "listens-to-signals-itself");
		await child.printed(/also run at a signal.*\n/);
		child.kill("SIGTERM");
		const { stderr } = await child.ended;
		const [, named] =
			/^lastcall: warning: these listeners also run at a signal, [^:]*: (.*); a request/m.exec(stderr) ?? [];
		const [earlier = "", later = ""] = named?.split("), ") ?? [];
		assert.match(earlier, /^\(\) => console\.error\("earlier listener called"\) \(SIGTERM/);
		assert.match(later, /^later at \/.*listens-to-signals-itself\.js:\d+ \(SIGTERM/);
		assert.equal(count(stderr, /warning/), 1);
	});

	it("that is added later is named then, once for each place", async (t) => {
		const { stderr } = await start(t, "gets-listeners-later").ended;
		assertInOrder(
			stderr,
			/ is running$/m,
			/^lastcall: warning: these listeners also run at a signal, [^:]*: closeBrowser at \/.*gets-listeners-later\.js:\d+ \(SIGTERM\);/m,
		);
		assert.equal(count(stderr, /warning/), 1);
	});

	it("for unhandled rejections is named, as these no longer stop the service, unless it throws them again", async (t) => {
		const child = start(t, "handles-rejections");
		await child.printed(/handled it myself/);
		child.kill("SIGTERM");
		const { stderr } = await child.ended;
		assert.match(
			stderr,
			/^lastcall: warning: an unhandled rejection does not stop this program, .*\(unhandledRejection\); /m,
		);

		const thrown = await start(t, "handles-rejections", {}, "and throws").ended;
		assert.equal(thrown.exit, 1, thrown.stderr);
		assertInOrder(thrown.stderr, /^handled it myself: Error: rejected$/m, /is shutting down: uncaught error/);
		assert.doesNotMatch(thrown.stderr, /warning/);
	});

	it("that has ended the process is named, with the phase", async (t) => {
		const child = start(t, "ends-at-signals-itself", { gracePeriodMs: 20_000 }, "exits");
		await child.printed(/warning: .*shutDownMyself\(\) .* \(SIGINT, SIGTERM\)/);
		child.kill("SIGTERM");
		const { exit, stderr } = await child.ended;
		assert.equal(exit, 7);
		assert.match(
			stderr,
			/^lastcall: warning: process\.exit\(\) was called at .*shutDownMyself \(.*ends-at-signals-itself\.js:\d+:\d+\) while draining: nothing more is finished or closed; /m,
		);
	});
});
