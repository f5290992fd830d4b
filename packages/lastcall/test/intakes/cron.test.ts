import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { HeldProgram, type Registered } from "./held-program.ts";

/** Begins to stop it while a run is in progress that takes longer than the time to the next run. */
async function stopping(t: TestContext, example: string, registered: Registered): Promise<HeldProgram> {
	const program = new HeldProgram(t, example, registered, { WORK_MS: "2500" });
	await program.printed(/^report begun$/m);
	await program.stop();
	return program;
}

describe("schedulers", { concurrency: 2 }, () => {
	for (const example of ["croner", "node-cron"]) {
		it(`${example}: no run begins when draining has begun, and those in progress are finished`, async (t) => {
			const program = await stopping(t, example, "intake");
			await program.printed(/^report done$/m);
			const { exit, stdout, begunBefore, begunAfter, done } = await program.release();
			assert.deepEqual({ exit, begunAfter, done }, { exit: 0, begunAfter: 0, done: begunBefore }, stdout);
			assert.match(stdout, /^report done\n(lastcall: .*\n)*database closed$/m);
		});

		it(`negative control: ${example} with adopt goes on beginning runs while draining`, async (t) => {
			const program = await stopping(t, example, "adopted");
			await program.printed(/^lastcall: draining, .*$[\s\S]*^report begun$/m);
		});
	}
});
