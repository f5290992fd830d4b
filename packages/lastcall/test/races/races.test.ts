import assert from "node:assert/strict";
import { test } from "node:test";
import { loads } from "./loads.ts";
import { race } from "./race.ts";

/** How many shutdowns of each kind: few here, many with `npm run races`. */
const rounds = Number(process.env.LASTCALL_RACE_ROUNDS ?? 2);

for (const scheme of ["http", "https"] as const) {
	for (const load of Object.keys(loads)) {
		test(`${load} over ${scheme}: nothing is lost`, async () => {
			for (let seed = 1; seed <= rounds; seed++) {
				const result = await race({ kind: "lastcall", scheme }, load, seed);
				assert.deepEqual(result.lost, [], `seed ${seed}\n${result.log}`);
				assert.equal(result.executedUnanswered, 0, result.log);
				assert.equal(result.exitCode, 0, result.log);
				assert.ok(result.tally.answered > 0);
				assert.doesNotMatch(result.log, /hard stop/);
			}
		});
	}
}

// The loads prove nothing unless the usual way loses requests under them.
for (const load of [
	"32 keep-alive, back to back",
	"200 keep-alive, pausing 0–20 ms",
	"16 with 4 pipelined",
	"16 uploads, half sent",
	"24 slow readers of 5 MB",
	"64 WebSockets, a message each 500 ms",
	"200 silent WebSockets",
	"64 event streams",
	"64 new connections at a time",
]) {
	test(`negative control: ${load}: bare close() loses`, async () => {
		let lost = 0;
		for (let seed = 1; seed <= 5 && lost === 0; seed++) {
			const result = await race({ kind: "bare", scheme: "http", gracePeriodMs: 1_000 }, load, seed);
			lost += result.tally.lost;
		}
		assert.ok(lost > 0, "nothing lost in 5 shutdowns");
	});
}
