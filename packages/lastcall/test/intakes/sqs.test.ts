import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { until } from "../support/until.ts";
import { FakeSqs } from "./fake-sqs.ts";
import { HeldProgram, type Registered } from "./held-program.ts";

/** Starts it, has it handle a message, and stops it while its next poll is open. */
async function stoppedInPoll(t: TestContext, example: string, registered: Registered) {
	const sqs = await FakeSqs.start(t);
	const program = new HeldProgram(t, example, registered, sqs.env);
	await sqs.deliver("first");
	await sqs.handled("first");
	await until(t, () => sqs.polls === 2);
	await program.stop();
	return { sqs, program };
}

describe("SQS", { concurrency: 2 }, () => {
	for (const example of ["sqs", "sqs-consumer"]) {
		it(`${example}: what the open poll brings is handled, and it polls no more`, async (t) => {
			const { sqs, program } = await stoppedInPoll(t, example, "intake");
			await sqs.deliver("second");
			await sqs.handled("second");
			const { exit, stdout, done } = await program.release();
			assert.deepEqual(
				{ exit, done, polls: sqs.polls, invisible: [...sqs.invisible] },
				{ exit: 0, done: 2, polls: 2, invisible: [] },
				stdout,
			);
		});

		it(`${example}: a poll that brings nothing is waited for, and is the last one`, async (t) => {
			const { sqs, program } = await stoppedInPoll(t, example, "intake");
			sqs.endPolls();
			const { exit, stdout, begunAfter } = await program.release();
			assert.deepEqual({ exit, begunAfter, polls: sqs.polls }, { exit: 0, begunAfter: 0, polls: 2 }, stdout);
		});
	}

	it("negative control: sqs-consumer with adopt polls on while draining, and begins what the polls bring", async (t) => {
		const { sqs, program } = await stoppedInPoll(t, "sqs-consumer", "adopted");
		for (const message of ["second", "third"]) {
			await sqs.deliver(message);
			await sqs.handled(message);
		}
		await until(t, () => sqs.polls === 4);
		sqs.endPolls();
		const { begunAfter } = await program.release();
		assert.equal(begunAfter, 2);
	});
});
