import cluster from "node:cluster";
import type { Server } from "node:http";
import { closeListenerOnly } from "./listener.ts";

/** No new connection for this long: the queue is empty. A handshake that was under way when the backlog shrank is done by then. */
const QUIET_MS = 40;
/** Polls without a new connection that it takes besides, since a busy loop can spend any time between two of them. */
const QUIET_POLLS = 3;
/** Clients that come faster than the queue drains can't hold the shutdown for longer than this. */
const LONGEST_MS = 1_000;
/** How often to look. */
const LOOK_EVERY_MS = 5;

/**
 * Lets the program accept what the kernel has already accepted for it, then closes the listener in the same turn, before
 * anybody else can join the queue: `close()` would reset every connection still in it. libuv accepts one connection in
 * each poll (since 1.45), so N waiting connections take about N turns of the loop.
 *
 * The caller must hold requests back meanwhile, or answered clients fill the queue up again.
 */
export async function closeListener(server: Server): Promise<void> {
	if (!server.listening) return;
	shrinkBacklog(server);
	let quietSince = performance.now();
	let quietPolls = 0;
	const accepted = (): void => {
		quietSince = performance.now();
		quietPolls = 0;
	};
	server.on("connection", accepted);
	const end = performance.now() + LONGEST_MS;
	do {
		await nextPoll(LOOK_EVERY_MS);
		quietPolls++;
	} while ((performance.now() - quietSince < QUIET_MS || quietPolls < QUIET_POLLS) && performance.now() < end);
	server.removeListener("connection", accepted);
	if (server.listening) closeListenerOnly(server);
}

/**
 * Makes the kernel stop completing handshakes: a client whose handshake is not done tries again by itself, and is either
 * served by a successor or plainly refused. `_handle` is not documented: without it the queue is emptied all the same,
 * only less surely under a flood.
 */
function shrinkBacklog(server: Server): void {
	// A cluster worker's handle stands for a socket that the primary and the other workers share.
	if (cluster.isWorker) return;
	const { _handle: handle } = server as { _handle?: { listen?: (backlog: number) => number } };
	try {
		handle?.listen?.(0);
	} catch {
		// Not a handle of Node's own.
	}
}

/** Resolves in the check phase right after a whole poll, `ms` from now: everything that had arrived has been read by then. */
export function nextPoll(ms: number): Promise<void> {
	return new Promise((resolve) => {
		setTimeout(() => setImmediate(resolve), ms);
	});
}
