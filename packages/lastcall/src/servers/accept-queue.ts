import cluster from "node:cluster";
import type { Server } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Siblings } from "../core/siblings.ts";
import { closeListenerOnly } from "./listener.ts";

/** No new connection for this long: the queue is empty. A handshake that was under way when the backlog shrank is done by then. */
const QUIET_MS = 40;
/** Polls without a new connection that it takes besides, since a busy loop can spend any time between two of them. */
const QUIET_POLLS = 3;
/**
 * Who keeps connecting for so long doesn't wait for the requests that are held back: a load balancer that has not learned
 * yet, any crowd of independent clients. It would not get quiet, only late.
 */
const PATIENCE_MS = 100;
/** Clients that keep connecting for so long don't wait for the requests that are held back, in a cluster as elsewhere. */
const SIBLINGS_PATIENCE_MS = 1_000;
/**
 * Who is accepted behind so many joined the queue after the stop: no queue is longer, unless somebody has raised Linux's
 * `net.core.somaxconn`. A bound in time alone would reset clients on a machine that is slow to accept them.
 */
const LONGEST_QUEUE = 4_096;
/** How often to look. */
const LOOK_EVERY_MS = 5;

/**
 * Lets the program accept what the kernel has already accepted for it, then closes the listener in the same turn, before
 * anybody else can join the queue: `close()` would reset every connection still in it. libuv accepts one connection in
 * each poll (since 1.45), so N waiting connections take about N turns of the loop.
 *
 * The caller must hold newcomers' requests back meanwhile, or answered clients fill the queue up again. They need some time
 * afterwards: of `leftMs` this takes half at most.
 * @param accepted how many connections the server has accepted so far
 * @param siblings the other workers of a cluster: their primary accepts the connections, and may be late
 */
export async function closeListener(
	server: Server,
	accepted: () => number,
	leftMs: number,
	siblings?: Siblings,
): Promise<void> {
	if (!server.listening) return;
	shrinkBacklog(server);
	const startedAt = performance.now();
	const empty = (): Promise<void> => {
		const before = accepted();
		return emptied(server, () => accepted() - before, startedAt + leftMs / 2 - performance.now());
	};
	await empty();
	const patientUntil = startedAt + Math.min(leftMs / 2, SIBLINGS_PATIENCE_MS);
	while (siblings !== undefined && server.listening && performance.now() < patientUntil) {
		const known = accepted();
		await siblings.handedOn();
		if (accepted() === known) break;
		// One that was on its way through the primary has come: there may be more of them.
		await empty();
	}
	if (server.listening) closeListenerOnly(server);
}

/** Resolves right after a poll, when the queue is taken for empty: when it has been quiet, or between two who come. */
async function emptied(server: Server, accepted: () => number, longestMs: number): Promise<void> {
	const startedAt = performance.now();
	let now = startedAt;
	let quietSince = startedAt;
	let quietPolls = 0;
	let justCame = false;
	while (server.listening && accepted() < LONGEST_QUEUE && now - startedAt < longestMs) {
		const before = accepted();
		const isPatient = now - startedAt < PATIENCE_MS;
		await (isPatient ? nextPoll(LOOK_EVERY_MS) : nextTurn());
		now = performance.now();
		if (accepted() > before) {
			quietSince = now;
			quietPolls = 0;
			// Right behind somebody is the best moment there is: of clients that come at a rate, the next is farthest away.
			justCame = !isPatient;
		} else {
			quietPolls++;
			if (justCame || (now - quietSince >= QUIET_MS && quietPolls >= QUIET_POLLS)) return;
		}
	}
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
