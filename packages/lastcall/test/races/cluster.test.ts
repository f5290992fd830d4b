import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { newConnections, tally } from "lastcall-drill-clients";

const program = fileURLToPath(new URL("./fixtures/cluster-target.js", import.meta.url));
const rounds = Number(process.env.LASTCALL_RACE_ROUNDS ?? 3);

/** Stops a cluster of two under clients that open a new connection for each request, all of its processes at once. */
async function stopCluster(how: "together" | "alone" | "plain", seed: number) {
	const primary = fork(program, [how], { execArgv: [] });
	const pids: number[] = [];
	try {
		const [target] = (await once(primary, "message")) as [{ port: number; pids: number[] }];
		pids.push(...target.pids);
		const load = newConnections({ host: "127.0.0.1", port: target.port }, { concurrency: 10 });
		await load.steady;
		await delay((seed * 37) % 100);
		if (how === "together") primary.kill("SIGTERM");
		for (const pid of pids) process.kill(pid, "SIGTERM");
		const [code] = await once(primary, "exit");
		return { ...tally(await load.finish({ timeoutMs: 2_000 })), code };
	} finally {
		primary.kill("SIGKILL");
	}
}

test("a cluster whose workers all stop loses no new connection", async () => {
	for (let seed = 1; seed <= rounds; seed++) {
		const { lost, answered, code } = await stopCluster("together", seed);
		assert.deepEqual({ lost, code }, { lost: 0, code: 0 }, `seed ${seed}`);
		assert.ok(answered > 0);
	}
});

test("a cluster whose primary knows nothing of lastcall loses no new connection either", async () => {
	for (let seed = 1; seed <= 3 * rounds; seed++) {
		const { lost, answered } = await stopCluster("alone", seed);
		assert.equal(lost, 0, `seed ${seed}`);
		assert.ok(answered > 0);
	}
});

const MOST_STOPS = 80;

test("negative control: a cluster without lastcall loses new connections", async () => {
	let lost = 0;
	for (let seed = 1; seed <= MOST_STOPS && lost === 0; seed++) lost += (await stopCluster("plain", seed)).lost;
	assert.ok(lost > 0, `nothing lost in ${MOST_STOPS} stops`);
});
