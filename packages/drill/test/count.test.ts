import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { backToBack } from "#src/load/back-to-back.js";
import { newConnections } from "#src/load/new-connections.js";
import { pausing } from "#src/load/pausing.js";
import { pipelined } from "#src/load/pipelined.js";
import { rate } from "#src/load/rate.js";
import type { RunningLoad } from "#src/load/running-load.js";
import type { Outcome } from "#src/record/outcome.js";
import type { Origin } from "#src/wire/open-socket.js";
import { reported } from "./support/drill-process.ts";
import { type FaultProxy, faultProxy } from "./support/fault-proxy.ts";

const REQUESTS = 1_200;
const DEPTH = 4;

const LOADS: Readonly<Record<string, (target: Origin) => RunningLoad>> = {
	"back-to-back": (target) => backToBack(target),
	pausing: (target) => pausing(target, { connections: 100 }),
	"new-connections": (target) => newConnections(target, { concurrency: 32 }),
	pipelined: (target) => pipelined(target, { depth: DEPTH }),
	rate: (target) => rate(target, { requestsPerSecond: 800 }),
};

async function proxyFor(t: TestContext, load: string): Promise<FaultProxy> {
	const proxy = await faultProxy(load === "pipelined" ? DEPTH : 1);
	t.after(() => proxy.close());
	return proxy;
}

describe("what became of each request is what was done with it", { concurrency: 2 }, () => {
	for (const [name, start] of Object.entries(LOADS)) {
		it(`request by request: ${name}`, async (t) => {
			const proxy = await proxyFor(t, name);
			const load = start(proxy.target);
			await proxy.seen(REQUESTS);
			const records = await load.finish();
			t.diagnostic(`${records.length} requests`);
			assert.ok(records.length >= REQUESTS);
			assert.deepEqual(byId(records.map(({ id, outcome }) => [id, outcome])), byId(proxy.done));
		});

		it(`in the report's numbers: ${name}`, async (t) => {
			const proxy = await proxyFor(t, name);
			const { host, port } = proxy.target;
			const url = `http://${host}:${port}/`;
			const settings = name === "pipelined" ? `,depth=${DEPTH}` : "";
			const { report } = await reported(t, ["--url", url, "--stop-command", "true", "-l", `${name}${settings}`]);
			// What was asked before the load, to see whether it answers, is not part of it.
			const last = Math.max(...[...proxy.done.keys()].map(loadNumber));
			const done = [...proxy.done].filter(([id]) => loadNumber(id) === last).map(([, outcome]) => outcome);
			const { tally } = report;
			t.diagnostic(`${tally.total} requests`);
			for (const outcome of ["answered", "turned-away", "reset", "cut", "unanswered"] as const) {
				assert.equal(tally[outcome], done.filter((one) => one === outcome).length, outcome);
			}
			assert.deepEqual([tally.refused, tally.total], [0, done.length]);
		});
	}
});

function byId(entries: Iterable<readonly [id: string, outcome: Outcome]>): Record<string, Outcome> {
	return Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The number of the load that an id belongs to: they count up. */
function loadNumber(id: string): number {
	return Number(/(\d+)-\d+$/.exec(id)?.[1]);
}
