import assert from "node:assert/strict";
import { test } from "node:test";
import { loadsOf } from "./loads.ts";
import { race } from "./race.ts";
import type { TargetOptions } from "./target.ts";

/** How many shutdowns of each kind: few here, many with `npm run races`. */
const rounds = Number(process.env.LASTCALL_RACE_ROUNDS ?? 2);

for (const scheme of ["http", "https", "h2c", "h2"] as const) {
	for (const load of Object.keys(loadsOf(scheme))) {
		test(`a shutdown under ${load} over ${scheme} loses no request`, async () => {
			for (let seed = 1; seed <= rounds; seed++) {
				const result = await race({ kind: "lastcall", scheme }, load, seed);
				assert.deepEqual(result.lost, [], `seed ${seed}\n${result.log}`);
				assert.equal(result.executedUnanswered, 0, result.log);
				assert.ok(
					result.closeCodes.every((code) => code === 1001),
					`close frames ${result.closeCodes}`,
				);
				assert.equal(result.exitCode, 0, result.log);
				assert.ok(result.tally.answered > 0);
				assert.doesNotMatch(result.log, /hard stop/);
			}
		});
	}
}

// The loads prove nothing unless the usual way of stopping loses requests under them.
const http1Controls = [
	"32 keep-alive, back to back",
	"200 keep-alive, pausing 0–20 ms",
	"16 with 4 pipelined",
	"16 uploads, half sent",
	"24 slow readers of 5 MB",
	"64 WebSockets, a message each 500 ms",
	"200 silent WebSockets",
	"64 event streams",
	"32 event streams of 40 events, by POST",
	"64 new connections at a time",
];
// From Node.js 24 on, `close()` sends GOAWAY, and waits for what is in flight.
const controls: readonly (readonly [load: string, options: TargetOptions])[] = [
	...http1Controls.map((load) => [load, { kind: "bare", scheme: "http" }] as const),
	["8 sessions with 16 streams, back to back", { kind: "exit", scheme: "h2c" }],
	["8 sessions with 16 streams, back to back", { kind: "exit", scheme: "h2" }],
];
for (const [load, options] of controls) {
	test(`negative control: a shutdown by ${options.kind} under ${load} over ${options.scheme} loses requests`, async () => {
		let lost = 0;
		for (let seed = 1; seed <= 5 && lost === 0; seed++) {
			const result = await race({ ...options, gracePeriodMs: 1_000 }, load, seed);
			lost += result.tally.lost;
		}
		assert.ok(lost > 0, "nothing lost in 5 shutdowns");
	});
}
