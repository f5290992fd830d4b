/** One turn of the event loop may be kept busy for this long. */
const TURN_MS = 5;

/**
 * Calls `visit` for each item, and lets the event loop turn whenever it has been kept busy for a while, so that requests that
 * are served meanwhile are not delayed. Each part of the loop runs in the check phase, right after a poll; `visit` gets the
 * time before that poll.
 */
export async function forEachYielding<Item>(
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
