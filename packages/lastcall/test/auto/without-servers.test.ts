import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { Preloaded, SHUTTING_DOWN, stopInFlight } from "./preloaded.ts";

async function ready(t: TestContext, kind: string): Promise<Preloaded> {
	const program = new Preloaded(t, "opens-no-server", { args: [kind] });
	await program.printed(/^ready$/m);
	return program;
}

describe("a process in which no server listens gets its signals as without lastcall/auto", { concurrency: 3 }, () => {
	for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
		it(`dies of ${signal} without a server`, async (t) => {
			const program = await ready(t, "never");
			program.kill(signal);
			const { exit, stdout, stderr } = await program.ended;
			assert.deepEqual({ exit, stdout, stderr }, { exit: signal, stdout: "", stderr: "ready\n" });
		});
	}

	it("dies of the signal before the first server listens", async (t) => {
		const program = await ready(t, "late");
		program.kill("SIGTERM");
		const { exit, stderr } = await program.ended;
		assert.deepEqual({ exit, stderr }, { exit: "SIGTERM", stderr: "ready\n" });
	});

	it("dies of the signal after its only server has closed", async (t) => {
		const program = await ready(t, "closed again");
		program.kill("SIGTERM");
		const { exit, stderr } = await program.ended;
		assert.equal(exit, "SIGTERM");
		assert.doesNotMatch(stderr, SHUTTING_DOWN);
	});

	it("is drained once a server listens, however late that is", async (t) => {
		const program = await ready(t, "late");
		program.release();
		assert.equal(await program.ask("/"), "200 whole");
		program.kill("SIGTERM");
		const { exit, stderr } = await program.ended;
		assert.equal(exit, 0);
		assert.match(stderr, SHUTTING_DOWN);
	});

	it("is drained at a second signal if the first one only made it open a server", async (t) => {
		const program = await ready(t, "opens after a stop of its own");
		program.kill("SIGTERM");
		await program.printed(/^own listener: SIGTERM$/m);
		const { response, exit, stderr } = await stopInFlight(program);
		assert.deepEqual({ response, exit }, { response: "200 whole", exit: 0 }, stderr);
	});
});
