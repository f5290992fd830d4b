import type { Server } from "node:net";
import { setTimeout as delay, setImmediate as nextTurn } from "node:timers/promises";
import type { Siblings } from "../../core/siblings.ts";
import type { Arrivals } from "./arrivals.ts";
import { closeListenerOnly } from "./close-listener.ts";

/** No new connection for this long: the queue is empty. A handshake that was under way at the start is done by then. */
const QUIET_MS = 40;
/** As well as this many turns without a new connection: a busy event loop can spend any time in one turn. */
const QUIET_TURNS = 3;
/**
 * Connections that still arrive after this long come from clients that do not wait for the held requests, such as a load
 * balancer that has not noticed yet. More waiting would not make it quiet.
 */
const PATIENCE_MS = 100;
/** That patience in a cluster, whose primary may be late. */
const SIBLINGS_PATIENCE_MS = 1_000;
/**
 * Connections beyond this many joined the queue after the stop: no queue is longer, unless Linux's `net.core.somaxconn`
 * was raised. A bound in time alone would reset clients on a machine that is slow to accept them.
 */
const LONGEST_QUEUE = 4_096;
/** How often to look. */
const LOOK_EVERY_MS = 5;
/**
 * A turn of the event loop longer than this lets the queue grow faster than it is emptied: requests on connections that
 * are kept alive are held too.
 */
const SLOW_TURN_MS = 20;
/** A connection that arrives between the last poll and the close is reset, so the turn in between must not be longer. */
const SHORT_TURN_MS = 0.2;
/** A busy process may have no turn as short as that: after each of these many tries, twice the time is short enough. */
const TRIES_BEFORE_TWICE = 10;

/** What the server does while its accept queue is emptied. */
export interface QueueOwner {
	/** The connections that the server has accepted so far. */
	readonly arrivals: Pick<Arrivals, "count" | "quietSince">;
	/** Called when every request has to be held, also those on kept-alive connections. */
	holdAll(): void;
}

/** The connections of a listening server that the kernel has accepted and the program has not. */
export class AcceptQueue {
	readonly #server: Server;
	readonly #owner: QueueOwner;
	#lookedAt = 0;

	constructor(server: Server, owner: QueueOwner) {
		this.#server = server;
		this.#owner = owner;
	}

	/**
	 * Lets the program accept what the kernel has already accepted for it, then closes the listener in the same turn, before
	 * another connection can join the queue: the server's own `close()` resets every connection still in it. libuv accepts one
	 * connection in each turn of the event loop (since 1.45), so N waiting connections take about N turns.
	 *
	 * The caller must hold the requests of new connections meanwhile, or their clients get their responses, connect again and
	 * fill the queue. Once `isLate()`, it must hold all requests. Held requests need some time afterwards, so this takes half of
	 * `leftMs` at most.
	 * @param siblings the other workers of a cluster: their primary accepts the connections, and may be late
	 */
	async close(leftMs: number, siblings?: Siblings): Promise<void> {
		if (!this.#server.listening) return;
		const startedAt = performance.now();
		const empty = (): Promise<void> => this.#empty(startedAt + leftMs / 2 - performance.now(), siblings === undefined);
		await empty();
		const patientUntil = startedAt + Math.min(leftMs / 2, SIBLINGS_PATIENCE_MS);
		while (siblings !== undefined && this.#server.listening && performance.now() < patientUntil) {
			const known = this.#owner.arrivals.count;
			await siblings.handedOn();
			if (this.#owner.arrivals.count === known) break;
			// A connection came that was on its way through the primary: there may be more of them.
			await empty();
		}
		if (this.#server.listening) closeListenerOnly(this.#server);
	}

	/** While the queue is emptied: returns true if this turn of the event loop is a slow one already. */
	isLate(): boolean {
		return performance.now() - this.#lookedAt > LOOK_EVERY_MS + SLOW_TURN_MS;
	}

	/** Resolves right after a poll, when the queue is empty: after a quiet time, or between two connections. */
	async #empty(longestMs: number, isAlone: boolean): Promise<void> {
		const owner = this.#owner;
		const startedAt = performance.now();
		const acceptedBefore = owner.arrivals.count;
		this.#lookedAt = startedAt;
		// Otherwise handshakes may be under way, or, in a cluster, connections that the primary has accepted.
		let quietSince = (isAlone ? owner.arrivals.quietSince : undefined) ?? startedAt;
		let wasQuiet = startedAt - quietSince >= QUIET_MS;
		let quietTurns = 0;
		let longTurns = 0;
		let isBetweenTwo = false;
		const passedMs = (): number => this.#lookedAt - startedAt;
		while (this.#server.listening && owner.arrivals.count - acceptedBefore < LONGEST_QUEUE && passedMs() < longestMs) {
			const before = owner.arrivals.count;
			const isPatient = passedMs() < PATIENCE_MS;
			const { lateMs, turnMs } = await lookAgain(isPatient && !wasQuiet ? LOOK_EVERY_MS : 0);
			this.#lookedAt = performance.now();
			if (lateMs > SLOW_TURN_MS) owner.holdAll();
			if (owner.arrivals.count > before) {
				quietSince = this.#lookedAt;
				quietTurns = 0;
				wasQuiet = false;
				// Where clients connect at a rate, the next one is farthest away right after a connection.
				isBetweenTwo = !isPatient;
				continue;
			}
			quietTurns++;
			if (!isBetweenTwo && (this.#lookedAt - quietSince < QUIET_MS || quietTurns < QUIET_TURNS)) continue;
			if (turnMs < SHORT_TURN_MS * 2 ** Math.floor(longTurns++ / TRIES_BEFORE_TWICE)) return;
			// Busy with kept-alive clients. Without their responses they are quiet a moment later.
			owner.holdAll();
		}
	}
}

/**
 * Waits `ms` and then for a whole poll. Resolves to how late that was in all, and how long the last turn of the event loop
 * took: from before its poll until now, in its check phase.
 */
async function lookAgain(ms: number): Promise<{ lateMs: number; turnMs: number }> {
	const startedAt = performance.now();
	if (ms > 0) await delay(ms);
	const turnAt = performance.now();
	await nextTurn();
	const now = performance.now();
	return { lateMs: now - startedAt - ms, turnMs: now - turnAt };
}

/**
 * Resolves in the check phase right after a whole poll, `ms` from now, to the time before that poll: everything that had
 * arrived by then has been read.
 */
export function nextPoll(ms: number): Promise<number> {
	return new Promise((resolve) => void afterPoll(ms, resolve));
}

/** Calls `done` as `nextPoll` resolves. Not if the timer that it returns is cleared before. */
export function afterPoll(ms: number, done: (polledAt: number) => void): NodeJS.Timeout {
	return setTimeout(() => {
		const polledAt = performance.now();
		setImmediate(done, polledAt);
	}, ms);
}
