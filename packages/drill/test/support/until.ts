import { setImmediate as nextTurn } from "node:timers/promises";

/** Resolves when `condition` is true, which is looked at once in each turn of the event loop. The test's time limit ends a wait in vain. */
export async function until(condition: () => boolean): Promise<void> {
	while (!condition()) await nextTurn();
}
