import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { ask } from "../support/ask.ts";
import { Child } from "../support/child.ts";
import { count } from "../support/text.ts";
import { fixture } from "./fixture.ts";

describe("one Ctrl+C to the process group of npm run", () => {
	// With `exec`, npm is the parent and passes its own SIGINT on: the program gets two within a millisecond.
	for (const prefix of ["", "exec "]) {
		it(`is one drain for the script "${prefix}node …"`, async (t) => {
			const folder = await mkdtemp(join(tmpdir(), "lastcall-npm-"));
			t.after(() => rm(folder, { recursive: true }));
			const start = `${prefix}"${process.execPath}" "${fixture("answers-slowly")}" '{"lingerMs":0}'`;
			await writeFile(join(folder, "package.json"), JSON.stringify({ scripts: { start } }));
			const npm = new Child(t, "npm", ["run", "start"], {
				cwd: folder,
				detached: true,
				env: { ...process.env, npm_config_update_notifier: "false", npm_config_loglevel: "error" },
			});
			const answer = ask(await npm.port(), "/slow");
			await npm.printed(/handling \/slow/);
			process.kill(-(npm.process.pid ?? Number.NaN), "SIGINT");
			assert.equal(await answer, "200 whole");
			// npm's exit code is not checked: the shell in between is ended by the signal, and npm ends in the same way.
			const { stderr } = await npm.ended;
			assert.equal(count(stderr, /is shutting down: SIGINT/), 1);
			assert.match(stderr, /^lastcall: closed after [\d.]+ m?s, everything finished, exit code 0$/m);
			assert.doesNotMatch(stderr, /hard stop/);
		});
	}
});
