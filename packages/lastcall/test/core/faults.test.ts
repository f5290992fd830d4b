import assert from "node:assert/strict";
import { test } from "node:test";
import { afterMicrotasks } from "../support/deferred.ts";
import type { FakeClock } from "../support/fake-clock.ts";
import { FAULTS, type Fault, FaultyProgram } from "./faulty-program.ts";

/** More microtasks than any step takes from one turn of the event loop to the next. */
const MICROTASKS = 40;

/** Plays the program with these faults. Rejects with their names if it doesn't end as it should. */
async function play(...faults: readonly [step: number, fault: Fault][]): Promise<FaultyProgram> {
	const program = new FaultyProgram(new Map(faults));
	try {
		await program.play();
	} catch (error) {
		const named = faults.map(([step, fault]) => `${fault} at step ${step} (${program.steps[step]})`);
		throw new Error(`${named.join(", ")}: ${(error as Error).message}`, { cause: error });
	}
	return program;
}

test("without a fault the example program ends well, and its steps are those of start-up, life and shutdown", async () => {
	const { steps, acquired } = await play();
	for (const name of [
		"open postgres",
		"listen",
		"receive",
		"handle",
		"sweep",
		"stop feed",
		"answer",
		"close postgres",
	]) {
		assert.ok(steps.includes(name), name);
	}
	assert.equal(acquired.size, 5);
});

test("after any fault at any step, and any second fault at any later step, the program closes everything in time, with the right exit code", async () => {
	const once = await play();
	for (let first = 0; first < once.steps.length; first++) {
		for (const fault of FAULTS) {
			// The steps after a fault depend on it.
			const { steps, met } = await play([first, fault]);
			assert.deepEqual(met, [fault]);
			for (let second = first + 1; second < steps.length; second++) {
				for (const further of FAULTS) await play([first, fault], [second, further]);
			}
		}
	}
});

test("after a first or second signal in any microtask of its life, the program closes everything in time", async () => {
	for (const isSecond of [false, true]) {
		let turns = 1;
		for (let turn = 0; turn < turns; turn++) {
			for (let microtasks = 0; microtasks <= MICROTASKS; microtasks++) {
				const program = new FaultyProgram();
				let count = 0;
				beforeEachTurn(program.clock, () => {
					if (isSecond && program.state.reason === undefined) return;
					if (count++ === turn) afterMicrotasks(microtasks, program.interrupt);
				});
				await program.play().catch((error: Error) => {
					throw new Error(`turn ${turn}, microtask ${microtasks}: ${error.message}`, { cause: error });
				});
				turns = Math.max(turns, count);
			}
		}
	}
});

/** Calls `before` before each callback of the clock. */
function beforeEachTurn(clock: FakeClock, before: () => void): void {
	const { after } = clock;
	clock.after = (ms, callback) =>
		after.call(clock, ms, () => {
			before();
			callback();
		});
}
