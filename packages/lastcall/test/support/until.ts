import type { TestContext } from "node:test";
import { setTimeout as delay, setImmediate as nextTurn } from "node:timers/promises";

/** Resolves when `condition` is true, which is looked at once in each turn of the event loop. Rejects when the test is over. */
export async function until(t: Pick<TestContext, "signal">, condition: () => boolean): Promise<void> {
	while (!condition()) {
		await nextTurn();
		t.signal.throwIfAborted();
	}
}

/** Calls `condition` every 20 ms until it resolves to true, or until `signal`. Resolves to true if `condition` did. */
export async function poll(condition: () => Promise<boolean>, signal?: AbortSignal): Promise<boolean> {
	while (signal?.aborted !== true) {
		if (await condition()) return true;
		await delay(20);
	}
	return false;
}
