import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { assertInOrder, count } from "../../support/text.ts";
import { DRAINING, fixture, IMPORT, inEnvironment, Preloaded, SHUTTING_DOWN, stopInFlight } from "../preloaded.ts";
import { NODE_OPTIONS, SavedProgram, source } from "./tool.ts";

/** Longer than tsx, with the fixture `patient-tsx`, waits for a sign of the program before it kills it. */
const PATIENCE_MS = 3_000;
const PATIENT = inEnvironment(["--import", pathToFileURL(fixture("patient-tsx")).href]);
const require = createRequire(import.meta.url);
const CLI = join(dirname(require.resolve("tsx/package.json")), "dist/cli.mjs");
const LOADER = ["--import", import.meta.resolve("tsx")];

/** A program in TypeScript, started by tsx with lastcall/auto in the environment. */
function tsx(t: TestContext, kind: string): Preloaded {
	const command = [process.execPath, CLI, source("handles-signals"), kind] as const;
	const env = { NODE_OPTIONS: `${NODE_OPTIONS} ${PATIENT}` };
	return new Preloaded(t, "", { command, env, spawn: { detached: true } });
}

describe("a program that tsx starts", { concurrency: 2 }, () => {
	for (const [kind, line] of [
		["none", /no listener of the program, exit code 0$/m],
		["exits at once", /^own listener: SIGTERM, listening false$/m],
	] as const) {
		it(`is drained at SIGTERM to tsx: ${kind}`, async (t) => {
			const program = tsx(t, kind);
			const { response } = await program.inFlight();
			program.kill("SIGTERM");
			await program.printed(DRAINING);
			await delay(PATIENCE_MS);
			program.release();
			const { stderr } = await program.ended;
			assert.equal(await response, "200 whole", stderr);
			assertInOrder(stderr, SHUTTING_DOWN, DRAINING, line);
			assert.equal(count(stderr, SHUTTING_DOWN), 1, stderr);
		});

		it(`is drained at Ctrl+C to both: ${kind}`, async (t) => {
			const program = tsx(t, kind);
			const { response } = await program.inFlight();
			process.kill(-(program.process.pid ?? Number.NaN), "SIGINT");
			await program.printed(DRAINING);
			await delay(PATIENCE_MS);
			program.release();
			assert.equal(await response, "200 whole");
			const { stderr } = await program.ended;
			assert.equal(count(stderr, SHUTTING_DOWN), 1, stderr);
		});
	}

	for (const [order, flags] of Object.entries({ before: [...IMPORT, ...LOADER], after: [...LOADER, ...IMPORT] })) {
		it(`is drained where its loader is a flag, with lastcall/auto ${order} it`, async (t) => {
			const command = [process.execPath, ...flags, source("handles-signals"), "exits at once"] as const;
			const { response, exit, stderr } = await stopInFlight(new Preloaded(t, "", { command }));
			assert.deepEqual({ response, exit }, { response: "200 whole", exit: 0 }, stderr);
			assertInOrder(stderr, DRAINING, /^own listener: SIGTERM, listening false$/m);
		});
	}
});

describe("tsx watch", () => {
	it("drains the program when it is saved and when tsx is stopped, and is not drained itself", async (t) => {
		const program = new SavedProgram(t, "handles-signals");
		const command = [process.execPath, CLI, "watch", program.file] as const;
		const watch = new Preloaded(t, "", { command, env: { NODE_OPTIONS }, spawn: { detached: true } });
		const { response } = await watch.inFlight();
		program.save();
		await watch.printed(DRAINING);
		watch.release();
		assert.equal(await response, "200 whole");
		await watch.replaced();
		watch.kill("SIGTERM");
		const { stderr } = await watch.ended;
		assert.equal(count(stderr, SHUTTING_DOWN), 2, stderr);
		assertInOrder(stderr, /^handling \/held$/m, SHUTTING_DOWN, /^listens on/m, SHUTTING_DOWN, /drained after/);
	});
});
