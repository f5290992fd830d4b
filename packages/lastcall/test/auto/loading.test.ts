import assert from "node:assert/strict";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { count } from "../support/text.ts";
import {
	fixture,
	IMPORT,
	inEnvironment,
	Preloaded,
	type PreloadedOptions,
	REQUIRE,
	SHUTTING_DOWN,
	stopInFlight,
} from "./preloaded.ts";

const COMMON_JS = fileURLToPath(new URL("./fixtures/common-js.cjs", import.meta.url));

/** Each way to load lastcall/auto, for the program in `words`. */
const WAYS: Record<string, (...words: string[]) => PreloadedOptions> = {
	"--import": (...words) => ({ command: [process.execPath, ...IMPORT, ...words] }),
	"--require": (...words) => ({ command: [process.execPath, ...REQUIRE, ...words] }),
	"both flags": (...words) => ({ command: [process.execPath, ...IMPORT, ...REQUIRE, ...words] }),
	"NODE_OPTIONS with --import": (...words) => ({
		command: [process.execPath, ...words],
		env: { NODE_OPTIONS: inEnvironment(IMPORT) },
	}),
	"NODE_OPTIONS with --require": (...words) => ({
		command: [process.execPath, ...words],
		env: { NODE_OPTIONS: inEnvironment(REQUIRE) },
	}),
	"NODE_OPTIONS with an absolute path": (...words) => ({
		command: [process.execPath, ...words],
		env: { NODE_OPTIONS: inEnvironment(["--import", fileURLToPath(IMPORT[1] ?? "")]) },
	}),
	"NODE_OPTIONS and the flag": (...words) => ({
		command: [process.execPath, ...IMPORT, ...words],
		env: { NODE_OPTIONS: inEnvironment(REQUIRE) },
	}),
	"the name of the package": (...words) => ({ command: [process.execPath, "--import", "lastcall/auto", ...words] }),
	"the name of the package, required": (...words) => ({
		command: [process.execPath, "--require", "lastcall/auto", ...words],
	}),
};

describe("lastcall/auto drains a program", { concurrency: 3 }, () => {
	for (const [way, load] of Object.entries(WAYS)) {
		it(`that is an ES module: ${way}`, async (t) => {
			const program = new Preloaded(t, "", load(fixture("handles-signals"), "exits at once"));
			const { response, exit, stderr } = await stopInFlight(program);
			assert.deepEqual({ response, exit }, { response: "200 whole", exit: 0 }, stderr);
			assert.equal(count(stderr, SHUTTING_DOWN), 1, stderr);
			assert.equal(count(stderr, /^own listener/), 1, stderr);
		});

		it(`that is CommonJS: ${way}`, async (t) => {
			const program = new Preloaded(t, "", load(COMMON_JS, "exits"));
			const { response, exit, stderr } = await stopInFlight(program);
			assert.deepEqual({ response, exit }, { response: "200 whole", exit: 0 }, stderr);
			assert.equal(count(stderr, SHUTTING_DOWN), 1, stderr);
			assert.equal(count(stderr, /^own listener/), 1, stderr);
		});
	}

	it("once, where two copies of the package are loaded", async (t) => {
		const folder = await mkdtemp(join(tmpdir(), "lastcall-auto-"));
		t.after(() => rm(folder, { recursive: true }));
		const [, file = ""] = REQUIRE;
		await cp(dirname(file), folder, { recursive: true });
		const flags = ["--require", join(folder, "auto.cjs"), ...REQUIRE];
		const program = new Preloaded(t, "handles-signals", { flags, args: ["exits at once"] });
		const { response, exit, stderr } = await stopInFlight(program);
		assert.deepEqual({ response, exit }, { response: "200 whole", exit: 0 }, stderr);
		assert.equal(count(stderr, SHUTTING_DOWN), 1, stderr);
	});
});
