import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { describe, it } from "node:test";
import { assertInOrder, count } from "../../support/text.ts";
import { DRAINING, Preloaded, SHUTTING_DOWN } from "../preloaded.ts";
import { NODE_OPTIONS, SavedProgram } from "./tool.ts";

const require = createRequire(import.meta.url);
const NODEMON = join(dirname(require.resolve("nodemon/package.json")), "bin/nodemon.js");

describe("nodemon", { concurrency: 2 }, () => {
	for (const [how, flags, env] of [
		["with --signal SIGTERM", ["--signal", "SIGTERM"], {}],
		["with its own SIGUSR2 as a stop signal", [], { LASTCALL_EXTRA_STOP_SIGNALS: "SIGUSR2" }],
	] as const) {
		it(`drains the program when it is saved and when nodemon is stopped, and is not drained itself: ${how}`, async (t) => {
			const program = new SavedProgram(t, "handles-signals");
			const nodemon = new Preloaded(t, "", {
				command: [process.execPath, NODEMON, ...flags, "--delay", "10ms", "--watch", program.folder, program.file],
				env: { NODE_OPTIONS, ...env },
				spawn: { cwd: program.folder, detached: true },
			});
			const { response } = await nodemon.inFlight();
			program.save();
			await nodemon.printed(DRAINING);
			nodemon.release();
			assert.equal(await response, "200 whole");
			await nodemon.replaced();
			nodemon.kill("SIGTERM");
			const { stderr } = await nodemon.ended;
			assert.equal(count(stderr, SHUTTING_DOWN), 2, stderr);
			assertInOrder(stderr, /^handling \/held$/m, SHUTTING_DOWN, /^listens on/m, SHUTTING_DOWN, /drained after/);
		});
	}
});
