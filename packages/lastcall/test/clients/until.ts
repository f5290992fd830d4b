import { setTimeout } from "node:timers/promises";

/** What has not come about by then never will. No test asserts on it. */
const GUARD_MS = 30_000;

/** Resolves to whether `condition` has become true. */
export async function until(condition: () => Promise<boolean>): Promise<boolean> {
	const guard = AbortSignal.timeout(GUARD_MS);
	while (!(await condition())) {
		if (guard.aborted) return false;
		await setTimeout(20);
	}
	return true;
}
