import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { inFlight, tally } from "lastcall-drill-clients";
import { Target, type TargetOptions } from "./target.ts";

const CLIENTS = 200;

/** Clients connect and send requests while the event loop is blocked; the signal comes while it still is. */
async function stopWithFullQueue(kind: TargetOptions["kind"], scheme: TargetOptions["scheme"]) {
	// A busy client takes more than a second for two hundred handshakes: longer than idle connections linger by default.
	const target = await Target.start({ kind, scheme, gracePeriodMs: 60_000, lingerMs: 5_000 });
	try {
		const headers = { "x-clients": String(CLIENTS) };
		const blocker = inFlight({ ...target.at, path: "/queue", headers }, { connections: 1 });
		await once(target.child.stdout ?? target.child, "data");
		const waiting = inFlight(target.at, { connections: CLIENTS });
		const { code } = await target.end;
		await blocker.finish();
		return { ...tally(await waiting.finish()), code };
	} finally {
		target.child.kill("SIGKILL");
	}
}

for (const scheme of ["http", "https"] as const) {
	test(`${CLIENTS} connections in the accept queue at the signal, over ${scheme}, all get their responses`, async () => {
		const { answered, lost, code } = await stopWithFullQueue("lastcall", scheme);
		assert.deepEqual({ answered, lost, code }, { answered: CLIENTS, lost: 0, code: 0 });
	});
}

test("negative control: bare close() resets connections in the accept queue", async () => {
	const { lost } = await stopWithFullQueue("bare", "http");
	assert.ok(lost > 0);
});
