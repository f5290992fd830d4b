import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readdirSync } from "node:fs";
import { constants } from "node:os";
import { describe, it, type TestContext } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { platformTable } from "#src/program/platform-table.js";
import { tryConnect } from "#src/wire/try-connect.js";
import { DrillProcess, folder, rounds, server } from "../support/drill-process.ts";

/** What the target is like and what it says when the drill is in its phase. */
const PHASES: Readonly<Record<string, readonly [behaviour: string, says: RegExp]>> = {
	starting: ["never-listens", /pids .*\./],
	loading: ["ends", /loaded\./],
	stopping: ["never-ends", /stopping\./],
	counting: ["ends", /gone\./],
};

interface RunningDrill {
	readonly drill: DrillProcess;
	/** Asserts that nothing is left of the drill and its target. */
	nothingIsLeft(): Promise<void>;
}

async function drillIn(t: TestContext, [behaviour, says]: readonly [string, RegExp]): Promise<RunningDrill> {
	const [mark, cwd, temporary] = [randomUUID(), folder(t), folder(t)];
	const args = ["-v", "--rounds", "2", "-l", "back-to-back", "--", ...server("has-a-family", behaviour)];
	const drill = new DrillProcess(t, args, { cwd, env: { TMPDIR: temporary, DRILL_TEST: mark } });
	await drill.said(says);
	return {
		drill,
		async nothingIsLeft() {
			const table = platformTable();
			const pids = [...drill.stderr.matchAll(/pids (\d+) (\d+)\./g)].flatMap(([, ...both]) => both.map(Number));
			const left = (await table.read()).filter(
				(entry) => pids.includes(entry.pid) || table.hasInEnvironment(entry, mark),
			);
			assert.deepEqual(
				left.map((entry) => table.commandOf(entry)),
				[],
			);
			assert.ok(pids.length >= 2);
			for (const [, port] of drill.stderr.matchAll(/port (\d+)\./g))
				assert.equal(await tryConnect({ host: "127.0.0.1", port: Number(port) }), "refused");
			assert.deepEqual([...readdirSync(cwd), ...readdirSync(temporary)], []);
		},
	};
}

describe("a drill that is interrupted leaves nothing behind", { concurrency: 2 }, () => {
	for (const [phase, how] of Object.entries(PHASES)) {
		it(`by Ctrl+C while ${phase}`, async (t) => {
			for (let count = 0; count < rounds(1); count++) {
				const { drill, nothingIsLeft } = await drillIn(t, how);
				drill.child.kill("SIGINT");
				const { code, stdout, stderr } = await drill.ended;
				assert.equal(code, 130, stderr);
				assert.equal(stdout, "");
				assert.match(stderr, /lastcall-drill: interrupted; the target has been ended\n$/);
				await nothingIsLeft();
			}
		});
	}

	for (const signal of ["SIGTERM", "SIGHUP"] as const) {
		it(`by ${signal}`, async (t) => {
			for (let count = 0; count < rounds(1); count++) {
				const { drill, nothingIsLeft } = await drillIn(t, PHASES.stopping as [string, RegExp]);
				drill.child.kill(signal);
				assert.equal((await drill.ended).code, 128 + constants.signals[signal]);
				await nothingIsLeft();
			}
		});
	}

	it("by a second Ctrl+C, whenever it comes", async (t) => {
		for (let count = 0; count < rounds(1); count++) {
			for (const afterMs of [0, 5, 210]) {
				const { drill, nothingIsLeft } = await drillIn(t, PHASES.stopping as [string, RegExp]);
				drill.child.kill("SIGINT");
				// No event says where it is in its own end: that is to be so everywhere.
				await delay(afterMs);
				drill.child.kill("SIGINT");
				assert.equal((await drill.ended).code, 130);
				await nothingIsLeft();
			}
		}
	});

	for (const stream of ["stdout", "stderr"] as const) {
		it(`and one whose ${stream} is closed goes on to its end`, async (t) => {
			const { drill, nothingIsLeft } = await drillIn(t, PHASES.loading as [string, RegExp]);
			drill.child[stream]?.destroy();
			const { code, stdout, stderr } = await drill.ended;
			// Because of the child that is left behind.
			assert.equal(code, 1);
			if (stream === "stdout") assert.match(stderr, /^round 2: [^\n]*\n$/m);
			else assert.match(stdout, /^FAIL .*^✗ /ms);
			assert.doesNotMatch(stdout + stderr, /EPIPE/);
			await nothingIsLeft();
		});
	}
});
