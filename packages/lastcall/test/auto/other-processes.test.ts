import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { pathToFileURL } from "node:url";
import { assertInOrder, count } from "../support/text.ts";
import { DRAINING, fixture, IMPORT, inEnvironment, Preloaded, SHUTTING_DOWN, stopInFlight } from "./preloaded.ts";

const NODE_OPTIONS = inEnvironment(IMPORT);

async function folderWith(t: TestContext, files: Readonly<Record<string, string>>): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), "lastcall-auto-"));
	t.after(() => rm(folder, { recursive: true }));
	for (const [name, text] of Object.entries(files)) {
		await mkdir(dirname(join(folder, name)), { recursive: true });
		await writeFile(join(folder, name), text);
	}
	return folder;
}

describe("npm start, with lastcall/auto in NODE_OPTIONS", { concurrency: 2 }, () => {
	for (const prefix of ["", "exec "]) {
		it(`one Ctrl+C to the process group drains the program once: "${prefix}node …"`, async (t) => {
			const start = `${prefix}"${process.execPath}" "${fixture("handles-signals")}" none`;
			const folder = await folderWith(t, { "package.json": JSON.stringify({ scripts: { start } }) });
			const npm = new Preloaded(t, "", {
				command: ["npm", "start"],
				env: { NODE_OPTIONS, npm_config_update_notifier: "false", npm_config_loglevel: "error" },
				spawn: { cwd: folder, detached: true },
			});
			const { response } = await npm.inFlight();
			process.kill(-(npm.process.pid ?? Number.NaN), "SIGINT");
			await npm.printed(DRAINING);
			npm.release();
			assert.equal(await response, "200 whole");
			const { stderr } = await npm.ended;
			assert.equal(count(stderr, SHUTTING_DOWN), 1, stderr);
			assert.doesNotMatch(stderr, /hard stop/);
		});
	}
});

/** A test file that opens a server and closes it, and one that is ended by a signal while its server is open. */
const TEST_FILE = `
import { createServer } from "node:http";
import { test } from "node:test";
test("passes", async () => {
	const server = createServer((request, response) => response.end("whole"));
	await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
	const response = await fetch("http://127.0.0.1:" + server.address().port);
	if ((await response.text()) !== "whole") throw new Error("not whole");
	if (process.env.ENDS === "by a signal") process.kill(process.pid, "SIGTERM");
	await new Promise((resolve) => setTimeout(resolve, 50));
	server.close();
});
`;

describe("node --test, with lastcall/auto", { concurrency: 3 }, () => {
	for (const ends of ["well", "by a signal"]) {
		it(`a test file that ends ${ends} does so as without`, async (t) => {
			const folder = await folderWith(t, { "server.test.mjs": TEST_FILE });
			// Otherwise the runner takes itself for a child of this one.
			const env = { ENDS: ends, NODE_TEST_CONTEXT: undefined };
			const command = (...flags: string[]): [string, ...string[]] => [
				process.execPath,
				...flags,
				"--test",
				"server.test.mjs",
			];
			const run = (flags: readonly string[], more: NodeJS.ProcessEnv = {}) =>
				new Preloaded(t, "", { command: command(...flags), env: { ...env, ...more }, spawn: { cwd: folder } }).ended;
			const [alone, flagged, inherited] = await Promise.all([run([]), run(IMPORT), run([], { NODE_OPTIONS })]);
			assert.equal(alone.exit, ends === "well" ? 0 : 1, alone.stdout);
			for (const { exit, stdout, stderr } of [flagged, inherited]) {
				assert.equal(exit, alone.exit, stdout);
				assert.equal(count(stdout, /SIGTERM/) > 0, count(alone.stdout, /SIGTERM/) > 0, stdout);
				assert.doesNotMatch(`${stdout}${stderr}`, /lastcall: /);
			}
		});
	}
});

describe("a child without servers", { concurrency: 2 }, () => {
	it("gets its signals at once", async (t) => {
		const program = new Preloaded(t, "spawns-a-child", { env: { NODE_OPTIONS } });
		await program.printed(/^child is ready$/m);
		const { response, exit, stderr } = await stopInFlight(program);
		assert.deepEqual({ response, exit }, { response: "200 whole", exit: 0 }, stderr);
		assertInOrder(stderr, DRAINING, /^own listener: SIGTERM$/m, /^child: SIGTERM$/m, /^child ended with 0$/m);
		assert.equal(count(stderr, SHUTTING_DOWN), 1, stderr);
	});
});

describe("LASTCALL_AUTO=on", () => {
	it("drains also where lastcall/auto stands aside otherwise", async (t) => {
		const module = "node_modules/vitest/runner.mjs";
		const folder = await folderWith(t, {
			[module]: `import ${JSON.stringify(pathToFileURL(fixture("serves")).href)};\n`,
		});
		for (const [LASTCALL_AUTO, ended] of [
			[undefined, { response: "ECONNRESET", exit: "SIGTERM" }],
			["on", { response: "200 whole", exit: 0 }],
		] as const) {
			const program = new Preloaded(t, "", {
				command: [process.execPath, ...IMPORT, join(folder, module), "http"],
				env: { LASTCALL_AUTO },
			});
			const { response } = await program.inFlight();
			program.kill("SIGTERM");
			if (LASTCALL_AUTO === "on") {
				await program.printed(DRAINING);
				program.release();
			}
			assert.deepEqual({ response: await response, exit: (await program.ended).exit }, ended);
		}
	});
});
