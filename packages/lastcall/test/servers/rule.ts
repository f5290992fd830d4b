import { type TestContext, test } from "node:test";

/** A test of the contract that every kind of server keeps. Its time limit is far below the service's grace period. */
export function rule(name: string, keep: (t: TestContext) => Promise<void>): void {
	void test(name, { timeout: 10_000 }, keep);
}
