/** So long may one turn of the event loop be kept busy. */
const TURN_MS = 10;

/**
 * Visits each item, however many there are, and lets the event loop turn whenever it has been kept busy for a while: those
 * who are served meanwhile must not notice. Each part of it runs in the check phase, right after a poll, and is told the
 * time before that.
 */
export async function inTurns<Item>(
	items: Iterable<Item>,
	visit: (item: Item, polledAt: number) => void,
	lastPolledAt: number = performance.now(),
): Promise<void> {
	let polledAt = lastPolledAt;
	let turnEnds = performance.now() + TURN_MS;
	for (const item of items) {
		visit(item, polledAt);
		const now = performance.now();
		if (now < turnEnds) continue;
		polledAt = now;
		await new Promise((resolve) => setImmediate(resolve));
		turnEnds = performance.now() + TURN_MS;
	}
}
