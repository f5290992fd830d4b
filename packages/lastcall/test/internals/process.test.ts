import assert from "node:assert/strict";
import { fork, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Messages } from "../resources/messages.ts";
import { ask } from "../support/ask.ts";
import { Child } from "../support/child.ts";
import { namedPipe } from "../support/named-pipe.ts";
import { nodeMajor } from "../support/node-major.ts";
import { running } from "../support/running-service.ts";
import { count } from "../support/text.ts";

const WITHOUT = new URL("./fixtures/without.js", import.meta.url).href;
const path = (file: string): string => fileURLToPath(new URL(`../${file}.js`, import.meta.url));
const isWindows = process.platform === "win32";
const noNamespace =
	spawnSync("unshare", ["--pid", "--fork", "--mount-proc", "true"]).status !== 0 && "no PID namespace to be had";

/** Starts a fixture of the process tests without one thing. */
function start(t: TestContext, without: string, name: string, options: object = {}, ...args: string[]): Child {
	const command = ["--import", WITHOUT, path(`process/fixtures/${name}`), JSON.stringify(options), ...args];
	return new Child(t, process.execPath, command, { env: { ...process.env, WITHOUT: without } });
}

async function waitingThread(child: Child): Promise<void> {
	await child.running();
	await child.printed(/^waiting$/m);
	await child.printed(/^online$/m);
}

function folder(t: TestContext): string {
	const made = mkdtempSync(join(tmpdir(), "lastcall-internals-"));
	t.after(() => rmSync(made, { recursive: true }));
	return made;
}

/** How many steps a program has written when it has ended, of those that it began to write when it closed. */
async function writtenSteps(t: TestContext, steps: number, without?: string): Promise<number> {
	const file = join(folder(t), "steps");
	const flags = without === undefined ? [] : ["--import", WITHOUT];
	const command = [...flags, path("internals/fixtures/writes-in-steps"), file, String(steps)];
	const { exit, stderr } = await new Child(t, process.execPath, command, {
		env: { ...process.env, WITHOUT: without },
	}).ended;
	assert.equal(exit, 0, stderr);
	return statSync(file).size;
}

describe("a watch mode", { skip: isWindows }, () => {
	it("node --watch is known by the variable that it sets", async (t) => {
		const { WATCH_REPORT_DEPENDENCIES: _, ...env } = process.env;
		const args = ["--watch", path("internals/fixtures/shows-watch-mode")];
		const child = new Child(t, process.execPath, args, { env, detached: true });
		await child.printed(/^watch mode: node --watch$/m);
	});

	it("a program that nothing watches has none", async (t) => {
		const { WATCH_REPORT_DEPENDENCIES: _, ...env } = process.env;
		const child = new Child(t, process.execPath, [path("internals/fixtures/shows-watch-mode")], { env });
		assert.equal((await child.ended).stdout, "watch mode: undefined\n");
	});
});

describe("the end of the process", { concurrency: 2, skip: isWindows }, () => {
	it("without process.getActiveResourcesInfo() comes a second later, and names nothing", async (t) => {
		const { exit, stderr } = await start(t, "getActiveResourcesInfo", "is-held").ended;
		// Its server is not registered.
		assert.equal(exit, 1, stderr);
		assert.match(stderr, /open handles keep the process running: something unnamed; exiting/);
	});

	it("with other names of resources names those", async (t) => {
		const { exit, stderr } = await start(t, "resource names", "is-held").ended;
		// Its server is not registered.
		assert.equal(exit, 1, stderr);
		assert.match(stderr, /open handles keep the process running: .*2 × NewTimeout/);
	});

	it("waits for a file that is written in many steps", async (t) => {
		assert.equal(await writtenSteps(t, 1_000), 1_000);
	});

	// Node.js 26 does not name these writes anyway: there the events of the loop count.
	it("with other names of resources does not wait for a file that is written in many steps", {
		skip: nodeMajor >= 26,
	}, async (t) => {
		assert.ok((await writtenSteps(t, 4_000, "resource names")) < 4_000);
	});

	it("without `_getActiveRequests` waits for a thread of the pool that is stuck", {
		skip: nodeMajor >= 22,
	}, async (t) => {
		const pipe = namedPipe(t);
		const child = start(t, "_getActiveRequests", "blocks-a-thread", { gracePeriodMs: 600 }, "pool", pipe);
		await waitingThread(child);
		child.kill("SIGTERM");
		await child.printed(/^exit listener heard 0$/m);
		await delay(500);
		assert.equal(child.process.exitCode, null);
		writeFileSync(pipe, "");
		assert.equal((await child.ended).exit, 0);
	});

	it("without the channel `worker_threads` waits for a thread that is stuck", async (t) => {
		const pipe = namedPipe(t);
		const child = start(t, "worker_threads channel", "blocks-a-thread", { gracePeriodMs: 600 }, "worker", pipe);
		await waitingThread(child);
		child.kill("SIGTERM");
		await child.printed(/^exit listener heard 0$/m);
		await delay(500);
		assert.equal(child.process.exitCode, null);
		writeFileSync(pipe, "");
		assert.equal((await child.ended).exit, 0);
	});

	it("without the idle time of a thread takes a thread that ends for one that is stuck", async (t) => {
		const command = ["--import", WITHOUT, path("internals/fixtures/has-a-thread"), '{ "gracePeriodMs": 2000 }'];
		const child = new Child(t, process.execPath, command, { env: { ...process.env, WITHOUT: "idle time" } });
		const { exit, stderr } = await child.ended;
		assert.match(stderr, /stuck threads would block process\.exit\(\): .*worker thread \d+/);
		const hasExecve = typeof (process as { execve?: unknown }).execve === "function";
		assert.equal(exit, hasExecve ? 0 : "SIGKILL", stderr);
	});

	it("without process.execve() is by SIGKILL where a thread is stuck", async (t) => {
		const pipe = namedPipe(t);
		const child = start(t, "execve", "blocks-a-thread", { gracePeriodMs: 600 }, "worker", pipe);
		await waitingThread(child);
		child.kill("SIGTERM");
		const { exit, stderr } = await child.ended;
		assert.equal(exit, "SIGKILL", stderr);
		assert.match(stderr, /by SIGKILL, not with exit code 0$/m);
	});

	it("without `reallyExit`, as PID 1 and blocked, is by process.abort()", { skip: noNamespace }, async (t) => {
		const namespace = ["--pid", "--fork", "--mount-proc", "--kill-child", process.execPath, "--import", WITHOUT];
		const args = [path("process/fixtures/blocks-for-ever"), '{ "gracePeriodMs": 300 }'];
		const child = new Child(t, "unshare", [...namespace, ...args], { env: { ...process.env, WITHOUT: "reallyExit" } });
		await child.running();
		const { pid } = child.process;
		process.kill(Number(readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8")), "SIGTERM");
		const { exit, stderr } = await child.ended;
		assert.notEqual(exit, 0, stderr);
		assert.notEqual(exit, "SIGKILL", stderr);
	});
});

describe("a warning", { concurrency: 2, skip: isWindows }, () => {
	it("of process.exit() without stack frames does not say where it was called", async (t) => {
		const child = start(t, "stacks", "ends-at-signals-itself", { gracePeriodMs: 20_000 }, "exits");
		await child.printed(/also run at a signal/);
		child.kill("SIGTERM");
		const { exit, stderr } = await child.ended;
		assert.equal(exit, 7);
		assert.match(stderr, /^lastcall: warning: the process exits while draining: nothing more is finished or closed/m);
	});

	it("of a listener without stack frames shows its source", async (t) => {
		const { stderr } = await start(t, "stacks", "gets-listeners-later").ended;
		assert.match(stderr, /also run at a signal, [^:]*: function closeBrowser\(\) \{ ?\} \(SIGTERM\);/);
		assert.equal(count(stderr, /warning/), 1);
	});

	it("of a listener without source does not say that it ends the process", async (t) => {
		const child = start(t, "source", "ends-at-signals-itself");
		await child.printed(/also run at a signal.*\n/);
		child.kill("SIGKILL");
		const { stderr } = await child.ended;
		assert.equal(count(stderr, /warning/), 1);
	});

	it("of an open handle without `hasRef` has a place all the same", async (t) => {
		const command = ["--import", WITHOUT, path("process/fixtures/is-held")];
		const env = { ...process.env, WITHOUT: "hasRef", NODE_DEBUG: "lastcall" };
		const { stderr } = await new Child(t, process.execPath, command, { env }).ended;
		assert.match(stderr, /open handles keep the process running: .*Timeout at \/.*is-held\.js:\d+/);
	});

	it("of a subscriber that throws, without async ids, is an uncaught error that stops the program", async (t) => {
		const env = { ...process.env, WITHOUT: "async ids" };
		const fixture = path("internals/fixtures/has-a-throwing-subscriber");
		assert.equal((await new Child(t, process.execPath, [fixture]).ended).stdout, "call\n");
		assert.equal(
			(await new Child(t, process.execPath, ["--import", WITHOUT, fixture], { env }).ended).stdout,
			"uncaught\n",
		);
	});
});

describe("a server that is not registered", () => {
	it("without `_unref`: an unreferenced one causes the warning, too", async (t) => {
		const child = start(t, "_unref", "listens-itself", {}, "unreferenced");
		await child.printed(/^looked$/m);
		child.kill("SIGTERM");
		const { exit, stderr } = await child.ended;
		assert.match(stderr, /warning: a server listens on /);
		assert.equal(exit, 1, stderr);
	});
});

describe("a program and its parent", { concurrency: 2, skip: isWindows }, () => {
	it("without `internalMessage` in the child: it gets SIGTERM", async (t) => {
		const { service } = await running(t);
		const child = fork(path("resources/fixtures/service-child"), [], {
			execArgv: ["--import", WITHOUT],
			env: { ...process.env, WITHOUT: "internalMessage" },
		});
		t.after(() => child.kill("SIGKILL"));
		const messages = new Messages(child);
		assert.equal(await messages.next(), "running");
		service.use("child", child);
		const closed = service.stop();
		assert.match(String(await messages.next()), /^the service is stopping/);
		process.kill(child.pid ?? 0, "SIGUSR2");
		assert.deepEqual(await once(child, "exit"), [0, null]);
		assert.equal((await closed).ok, true);
	});

	/** A primary with two workers, each without one thing, and the port of them. */
	async function cluster(t: TestContext, without: string, how: string) {
		const env = { ...process.env, WITHOUT: without, NODE_OPTIONS: `--import ${WITHOUT}` };
		const child = new Child(t, process.execPath, [path("resources/fixtures/cluster"), "{}", how], { env });
		await child.printed(/worker listens on [\s\S]*worker listens on /);
		const [, port] = await child.printed(/worker listens on http:\/\/127.0.0.1:(\d+)/);
		return { child, port: Number(port) };
	}

	it("without the message NODE_CLUSTER: a worker stops when Node.js has closed its connections", async (t) => {
		const { child, port } = await cluster(t, "NODE_CLUSTER", "lingers");
		assert.equal(await ask(port, "/"), "200 whole");
		child.kill("SIGUSR2");
		await child.printed(/ended with 0, true[\s\S]*ended with 0, true/);
		child.kill("SIGTERM");
		assert.equal((await child.ended).exit, 0);
	});

	it("without `exitedAfterDisconnect`: a worker ends at once when its primary has gone", async (t) => {
		const { child, port } = await cluster(t, "exitedAfterDisconnect", "service");
		const answer = ask(port, "/");
		await child.printed(/in flight in/);
		child.kill("SIGKILL");
		assert.equal(await answer, "ECONNRESET");
		await child.ended;
	});
});

describe("the end of standard input, without `_readableState`", { concurrency: 2, skip: isWindows }, () => {
	function onPipe(t: TestContext): Child {
		const command = ["--import", WITHOUT, path("process/fixtures/ends-with-its-input"), "{}", "nothing"];
		const env = { ...process.env, WITHOUT: "_readableState" };
		return new Child(t, process.execPath, command, { env, stdio: ["pipe", "pipe", "pipe"] });
	}

	it("stops a program that has not read it, if there is nothing to read", async (t) => {
		const child = onPipe(t);
		await child.running();
		child.process.stdin?.end();
		assert.match((await child.ended).stderr, / is shutting down: end of standard input; /);
	});

	it("is not seen if something is unread, and a signal stops the program", async (t) => {
		const child = onPipe(t);
		await child.running();
		child.process.stdin?.end("unread\n");
		child.kill("SIGTERM");
		const { exit, stderr } = await child.ended;
		assert.equal(exit, 0);
		assert.match(stderr, / is shutting down: SIGTERM; /);
	});
});

describe("PM2's message, without `unrefCounted()`", { skip: isWindows }, () => {
	it("stops the program", async (t) => {
		const command = [path("process/fixtures/stands-in-for-pm2"), path("process/fixtures/gets-messages")];
		const env = { ...process.env, WITHOUT: "unrefCounted" };
		const child = new Child(t, process.execPath, ["--import", WITHOUT, ...command], {
			env,
			detached: true,
			stdio: ["pipe", "pipe", "pipe"],
		});
		await child.running();
		child.process.stdin?.write("shutdown\n");
		const { exit, stderr } = await child.ended;
		assert.equal(exit, 0, stderr);
		assert.match(stderr, / is shutting down: stopped by PM2; /);
	});
});

describe("a stop that is awaited in a task", () => {
	it("causes a warning, and without stacks it ends at the deadline like any other task", async (t) => {
		const options = { gracePeriodMs: 300 };
		const command = [path("process/fixtures/awaits-its-stop"), JSON.stringify(options)];
		const told = await new Child(t, process.execPath, command).ended;
		assert.match(told.stderr, /warning: service\.stop\(\) is awaited in task "outbox" /);
		const { exit, stderr } = await start(t, "stacks", "awaits-its-stop", options).ended;
		assert.equal(exit, 1);
		assert.equal(count(stderr, /warning/), 0);
		assert.match(stderr, /left outbox task/);
	});
});
