import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { ClientExample } from "./client-example.ts";
import { playRound, type RoundResult } from "./round.ts";
import { missing, RealServer } from "./server.ts";

/** How many shutdowns of each example: few here, many with `npm run clients`. */
const ROUNDS = Number(process.env.LASTCALL_CLIENT_ROUNDS ?? 2);

/** The most shutdowns of a negative control. It ends with the first one that leaves something. */
const CONTROL_ROUNDS = 5;

/** What a shutdown must leave on the server: nothing. */
const NOTHING = { lost: [], halfWritten: [], runTwice: [], held: 0, connections: 0, exit: 0 };

/** Runs the examples of one server against it. They are skipped if it isn't installed, except in CI. */
export function testExamples(...examples: readonly [ClientExample, ...ClientExample[]]): void {
	const [{ server: kind }] = examples;
	const reason = missing(kind);
	const skip = reason !== undefined && process.env.CI !== "true" ? `${kind.name}: ${reason}` : false;

	describe(`a real ${kind.name}`, { skip }, () => {
		let server: RealServer;
		before(async () => {
			server = await RealServer.start(kind);
		});
		after(() => server?.stop());

		for (const example of examples) {
			it(`${example.name}: SIGTERM under load leaves nothing unfinished on the server`, async () => {
				for (let seed = 1; seed <= ROUNDS; seed++) {
					const result = await playRound(example, server, { withLastcall: true, seed });
					assert.deepEqual(leftBy(result), NOTHING, `seed ${seed}\n${result.log}`);
					assert.ok(result.inFlight > 0, "nothing was in flight at the signal");
				}
			});

			// The rounds prove nothing unless the same program without lastcall leaves something.
			it(`negative control: ${example.name}: process.exit() under load leaves something unfinished`, async () => {
				let [halfWritten, runTwice] = [0, 0];
				// The signal may come between two orders of every worker.
				for (let seed = 1; seed <= CONTROL_ROUNDS && (halfWritten === 0 || runTwice === 0); seed++) {
					const result = await playRound(example, server, { withLastcall: false, seed });
					halfWritten += result.halfWritten.length;
					runTwice += result.runTwice.length;
				}
				assert.ok(halfWritten > 0, "nothing half-written");
				assert.ok(runTwice > 0, "nothing run twice");
			});

			if (example.givesBack !== true) continue;
			it(`${example.name}: work that can't be finished in time is given back at once`, async () => {
				const env = { WORK_MS: "600000", GRACE_PERIOD_MS: "2000" };
				const { lost, connections, exit, log } = await playRound(example, server, {
					withLastcall: true,
					seed: 1,
					env,
				});
				assert.deepEqual({ lost, connections, exit }, { lost: [], connections: 0, exit: 1 }, log);
				assert.match(log, /^lastcall: hard stop after .* \(out of time\)/m);
			});
		}
	});
}

function leftBy({ lost, halfWritten, runTwice, held = 0, connections, exit }: RoundResult): typeof NOTHING {
	return { lost: [...lost], halfWritten: [...halfWritten], runTwice: [...runTwice], held, connections, exit } as never;
}
