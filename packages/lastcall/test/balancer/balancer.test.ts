import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Configuration } from "./balancer.ts";
import { skipBalancers } from "./balancer.ts";
import { haproxies } from "./haproxy.ts";
import { nginx } from "./nginx.ts";
import type { Ending } from "./replica.ts";
import { type RollResult, rollUnderLoad } from "./rig.ts";

describe("a rolling restart under load", { skip: skipBalancers, concurrency: 4 }, () => {
	for (const configuration of [...haproxies, nginx("1s")]) {
		losesNothing(configuration, 0);
	}

	// With nginx this is a matter of luck: it retries a GET that failed.
	for (const configuration of haproxies) {
		it(`negative control: with ${configuration.name}, replicas that exit at once fail requests`, async () => {
			const { failed } = await roll(configuration, "process.exit");
			assert.ok(failed > 0);
		});
	}
});

// A lower rate: the handlers keep the CPU busy, and on a busy machine a load balancer may sleep for longer than any linger.
describe("a rolling restart under load, with handlers that compute", { skip: skipBalancers }, () => {
	for (const configuration of [...haproxies.slice(0, 1), nginx("1s")]) losesNothing(configuration, 2);
});

function losesNothing(configuration: Configuration, computeMs: number): void {
	it(`with ${configuration.name}, no request fails and none is executed twice`, async (t) => {
		const result = await fairRoll(configuration, computeMs);
		if (result.crossed > 0) t.diagnostic(`${result.crossed} crossed the end of a connection that had been silent`);
		// However slow the machine is, a request that failed was never executed, and may be sent again.
		assert.deepEqual(result.exits, [0, 0, 0]);
		assert.equal(result.executedTwice, 0);
		assert.equal(result.executedUnanswered, 0, result.failures.join("\n"));
		assert.ok(result.requests > 500, `${result.requests} requests prove nothing`);
		if (result.failed > 0 && !result.isFair) return t.skip(`too busy to tell: ${result.failed} failed`);
		assert.deepEqual(result.failures, [], result.log);
	});
}

function roll(configuration: Configuration, ending: Ending, computeMs = 0): Promise<RollResult> {
	return rollUnderLoad({ configuration, ending, requestsPerSecond: 100, rolls: 1, calmMs: 0, computeMs });
}

/** Repeats a roll in which the machine was too slow for the result to mean anything. */
async function fairRoll(configuration: Configuration, computeMs: number): Promise<RollResult> {
	for (let left = 2; ; left--) {
		const result = await roll(configuration, "lastcall", computeMs);
		if (result.failed === 0 || result.isFair || left === 1) return result;
	}
}
