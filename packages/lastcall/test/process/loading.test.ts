import assert from "node:assert/strict";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { ask } from "../support/ask.ts";
import { Child } from "../support/child.ts";

const library = fileURLToPath(new URL("../../../", import.meta.url));

/** A CommonJS program, as the loader of ES modules loads `node:tls` itself. At its exit it prints the modules of Node.js that it has loaded. */
const REQUIRES = `
const { createServer } = require("node:http");
process.on("exit", () => console.log(process.moduleLoadList.join("\\n")));
require("./lib/index.cjs").run(async (service) => {
	const server = createServer((request, response) => {
		console.error("handling " + request.url);
		service.drainSignal.addEventListener("abort", () => response.end("whole"));
	});
	await service.listen("http", server, { port: 0, host: "127.0.0.1" });
});
`;
/** A program that knows nothing of lastcall. */
const IS_PRELOADED = `
const { once } = require("node:events");
const server = require("node:http").createServer(async (request, response) => {
	console.error("handling " + request.url);
	await once(process, "SIGUSR2");
	response.end("whole");
});
server.listen(0, "127.0.0.1", () => console.error("it listens on http://127.0.0.1:" + server.address().port + "\\nit is running"));
`;

/** Starts a program in a folder with the library, as a release has it. */
async function startIn(t: TestContext, program: string, flags: readonly string[] = []): Promise<[Child, string]> {
	const release = await mkdtemp(join(tmpdir(), "lastcall-release-"));
	t.after(() => rm(release, { recursive: true, force: true }));
	for (const part of ["package.json", "lib"]) await cp(join(library, part), join(release, part), { recursive: true });
	await writeFile(join(release, "program.cjs"), program);
	const child = new Child(t, process.execPath, [...flags, "program.cjs"], { cwd: release });
	return [child, release];
}

describe("what is loaded", { concurrency: 2 }, () => {
	it("a program without TLS does not load it, from its start to its exit", async (t) => {
		const [child] = await startIn(t, REQUIRES);
		const answer = ask(await child.port(), "/held");
		await child.printed(/handling \/held/);
		child.kill("SIGTERM");
		assert.equal(await answer, "200 whole");
		const { exit, stdout, stderr } = await child.ended;
		assert.equal(exit, 0, stderr);
		assert.match(stdout, /^NativeModule http$/m);
		assert.doesNotMatch(stdout, /^NativeModule (https|tls|crypto)$/m);
	});

	it("no file after the start: a deploy that deletes the old release does not change its shutdown", async (t) => {
		const [child, release] = await startIn(t, REQUIRES);
		const answer = ask(await child.port(), "/held");
		await child.printed(/handling \/held/);
		await rm(release, { recursive: true });
		child.kill("SIGTERM");
		assert.equal(await answer, "200 whole");
		const { exit, stderr } = await child.ended;
		assert.equal(exit, 0, stderr);
		assert.match(stderr, /everything finished, exit code 0$/m);
	});

	it("no file once the program listens, under lastcall/auto", async (t) => {
		const [child, release] = await startIn(t, IS_PRELOADED, ["--require", "./lib/auto.cjs"]);
		const answer = ask(await child.port(), "/held");
		await child.printed(/handling \/held/);
		await rm(release, { recursive: true });
		child.kill("SIGTERM");
		await child.printed(/^lastcall: draining, 1 in flight: /m);
		child.kill("SIGUSR2");
		assert.equal(await answer, "200 whole");
		const { exit, stderr } = await child.ended;
		assert.equal(exit, 0, stderr);
		assert.match(stderr, /every request finished/);
	});
});
