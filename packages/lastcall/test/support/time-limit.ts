import type { TestContext } from "node:test";

/** The options of a test that waits for real events: a hang fails it. */
export const limit = { timeout: 10_000 };

/** Longer than the time limit of any test: a test that waits for this fails. */
export const NEVER_MS = 120_000;

/** Keeps the process alive until the test is over, so that a test that waits in vain fails at its time limit. */
export function keepLoopAlive(t: Pick<TestContext, "after">): void {
	const timer = setInterval(() => {}, 1_000);
	t.after(() => clearInterval(timer));
}
