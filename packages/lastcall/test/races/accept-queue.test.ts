import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { inFlight, tally } from "lastcall-drill";
import { Target, type TargetOptions } from "./target.ts";

/** 200 clients connect and ask while the loop is blocked; the signal comes while it still is. */
async function stopWithFullQueue(kind: TargetOptions["kind"], scheme: TargetOptions["scheme"]) {
	const target = await Target.start({ kind, scheme, gracePeriodMs: 3_000 });
	try {
		const blocker = inFlight({ ...target.at, path: "/block" }, { connections: 1 });
		await once(target.child.stdout ?? target.child, "data");
		const waiting = inFlight(target.at, { connections: 200 });
		// Over TLS nothing can be written before the server takes part.
		if (scheme === "http") await waiting.steady;
		target.child.kill("SIGTERM");
		const { code } = await target.end;
		await blocker.finish();
		return { ...tally(await waiting.finish()), code };
	} finally {
		target.child.kill("SIGKILL");
	}
}

for (const scheme of ["http", "https"] as const) {
	test(`200 connections in the accept queue at the signal, over ${scheme}: 200 answered`, async () => {
		const { answered, lost, code } = await stopWithFullQueue("lastcall", scheme);
		assert.deepEqual({ answered, lost, code }, { answered: 200, lost: 0, code: 0 });
	});
}

test("negative control: bare close() resets the accept queue", async () => {
	const { lost } = await stopWithFullQueue("bare", "http");
	assert.ok(lost > 0);
});
