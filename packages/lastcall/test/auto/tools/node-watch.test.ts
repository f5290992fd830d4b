import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { count } from "../../support/text.ts";
import { DRAINING, IMPORT, Preloaded, SHUTTING_DOWN } from "../preloaded.ts";
import { NODE_OPTIONS, SavedProgram } from "./tool.ts";

describe("node --watch", { concurrency: 2 }, () => {
	for (const [how, flags, env] of [
		["as a flag", IMPORT, {}],
		["in NODE_OPTIONS", [], { NODE_OPTIONS }],
	] as const) {
		it(`drains the program when it is saved, and is not drained itself: ${how}`, async (t) => {
			const program = new SavedProgram(t, "handles-signals");
			const watch = new Preloaded(t, "", {
				command: [process.execPath, ...flags, "--watch", program.file],
				env: { ...env, NODE_TEST_CONTEXT: undefined },
				spawn: { detached: true },
			});
			const { response } = await watch.inFlight();
			program.save();
			await watch.printed(DRAINING);
			watch.release();
			assert.equal(await response, "200 whole");
			await watch.replaced();
			process.kill(-(watch.process.pid ?? Number.NaN), "SIGTERM");
			const { stderr } = await watch.ended;
			assert.equal(count(stderr, SHUTTING_DOWN), 2, stderr);
		});
	}
});
