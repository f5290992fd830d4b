import { attempt } from "../../core/attempt.ts";
import type { DrainOptions, InFlight } from "../../core/drainable.ts";
import { LinkedList } from "../../core/linked-list.ts";
import { Pruner } from "../../core/pruner.ts";
import type { Failure } from "../../core/stop-reason.ts";
import { ClosingWindow } from "../listening/closing-window.ts";
import { forEachYielding } from "../listening/for-each-yielding.ts";
import { Pause } from "../listening/pause.ts";
import { LOOK_EVERY_MS, pauseUntil, visitDue } from "../listening/visit-due.ts";
import type { Peer } from "./peer.ts";
import { PeerCloseWait } from "./peer-close-wait.ts";

/** The most peers that have had their closing message and have not closed. */
const MOST_CLOSING = 400;
/** A peer that is overdue gets its closing message in any case. */
const LONGEST_OVERDUE_MS = 2_000;

/** The long-lived connections of one server, and the one way in which all of them are closed. */
export class Peers {
	readonly #peers = new LinkedList<Peer>();
	readonly #pruner = new Pruner(this.#peers, (peer) => {
		if (!peer.isGone && peer.hasEnded) this.remove(peer);
	});
	readonly #closing = new ClosingWindow<Peer>(MOST_CLOSING);
	readonly #pause = new Pause();
	readonly #errors: unknown[] = [];
	#how: DrainOptions | undefined;
	#beganAt = Number.POSITIVE_INFINITY;
	#hardStopAt = Number.POSITIVE_INFINITY;
	#closingAll: Promise<void> | undefined;
	/** Set by the hard stop: gets what a peer throws when it is cut. */
	#failed: ((failure: Failure) => void) | undefined;

	get size(): number {
		this.#pruner.pruneAll();
		return this.#peers.size;
	}

	/** Adds a connection that was opened. While draining, it is closed as the others are. */
	add(peer: Peer): void {
		this.#pruner.pruneSome();
		this.#peers.add(peer);
		peer.whenReady = () => this.#becameReady(peer);
		peer.whenWorkChanges = () => (peer.units.size > 0 ? this.#peers.add(peer) : this.#peers.delete(peer));
		if (this.#failed !== undefined) this.#cut(peer, this.#failed);
		else if (this.#how !== undefined) {
			this.#prepare(peer, 0);
			void this.#closeAll(this.#how);
		}
	}

	/** Forgets a connection that has ended, once no work for it is in flight: its handler may be between two writes. */
	remove(peer: Peer): void {
		peer.isGone = true;
		if (peer.units.size === 0) this.#peers.delete(peer);
		this.#closing.delete(peer);
		if (this.#peers.size === 0) this.#pause.end();
	}

	/** The number of connections that are open with nothing in flight. */
	get idle(): number {
		this.#pruner.pruneAll();
		let idle = 0;
		for (const { units, isInFlight, isGone } of this.#peers) if (units.size === 0 && !isInFlight && !isGone) idle++;
		return idle;
	}

	inFlight(): InFlight[] {
		const now = performance.now();
		const all: InFlight[] = [];
		this.#pruner.pruneAll();
		for (const { name, what, startedAt, units, isInFlight, isGone } of this.#peers) {
			if (units.size === 0 && isInFlight) all.push({ name, what, ageMs: now - startedAt });
			const gone = isGone ? " (its client has gone)" : "";
			for (const unit of units) all.push({ name, what: `${what}: ${unit.what}${gone}`, ageMs: now - unit.startedAt });
		}
		return all;
	}

	/**
	 * Sends each peer its closing message once it is ready, and resolves when none is left. A peer that doesn't close the
	 * connection in the time that it has (`PeerCloseWait`) is cut, and reported as ended early. Called again, it waits for the
	 * peers that have come since, which are closed as they come.
	 * @throws the error of a closing message that has failed, or an `AggregateError` of several, when no peer is left
	 */
	async drain(how: DrainOptions): Promise<void> {
		if (this.#how === undefined) await this.#begin(how);
		await this.#closeAll(this.#how ?? how);
		const errors = this.#errors.splice(0);
		if (errors.length > 1) throw new AggregateError(errors, "closing messages failed");
		if (errors.length === 1) throw errors[0];
	}

	/** Ends all that are left. Calls `failed` with what a peer throws, and ends the others all the same. */
	cut(failed: (failure: Failure) => void): void {
		this.#failed = failed;
		for (const peer of this.#peers) this.#cut(peer, failed);
	}

	#cut(peer: Peer, failed: (failure: Failure) => void): void {
		attempt(peer.name, failed, () => peer.cut());
	}

	async #begin(how: DrainOptions): Promise<void> {
		this.#hardStopAt = performance.now() + how.leftMs;
		// Without peers, the drain is over at once.
		if (this.#peers.size > 0) await how.spread.listenersClosed();
		// First `#how`, then the peers: `add` checks it for a peer that comes later.
		this.#how = how;
		this.#beganAt = performance.now();
		const delays = how.spread.delays(this.#peers.size).values();
		await forEachYielding(this.#peers, (peer) => this.#prepare(peer, delays.next().value ?? 0));
	}

	#prepare(peer: Peer, delayMs: number): void {
		if (peer.delayMs !== Number.POSITIVE_INFINITY) return;
		peer.delayMs = delayMs;
		peer.beginDrain(this.#beganAt + delayMs);
	}

	/** Closes all peers, also those that come meanwhile. All callers share one loop. */
	async #closeAll(how: DrainOptions): Promise<void> {
		if (this.#peers.size === 0) return;
		this.#closingAll ??= this.#closeUntilNoneIsLeft(how);
		await this.#closingAll;
	}

	async #closeUntilNoneIsLeft(how: DrainOptions): Promise<void> {
		let nextAt = 0;
		while (this.#pruner.hasAny() && this.#failed === undefined) {
			// Right after a poll, so that what had arrived has been handled.
			const polledAt = await this.#pause.wait(pauseUntil(nextAt, how.lingerMs));
			if (polledAt === undefined) continue;
			this.#closing.look(polledAt);
			nextAt = await visitDue(this.#peers, (peer, polledAt) => this.#visit(peer, how, polledAt), polledAt);
		}
		// In the turn of the last look: a peer that comes later begins a new loop.
		this.#closingAll = undefined;
	}

	/** What arrived after `polledAt` may be unread. */
	#visit(peer: Peer, how: DrainOptions, polledAt: number): void {
		peer.dueAt = polledAt + LOOK_EVERY_MS;
		if (!peer.isGone && peer.hasEnded) this.remove(peer);
		if (peer.isGone) return;
		if (!peer.isNotified) this.#notifyIfDue(peer, how.lingerMs, polledAt);
		else if (peer.closeWait !== undefined) this.#cutIfOver(peer, peer.closeWait, how, polledAt);
	}

	#notifyIfDue(peer: Peer, lingerMs: number, polledAt: number): void {
		const waitedMs = polledAt - this.#beganAt - peer.delayMs;
		if (waitedMs < 0) peer.dueAt = this.#beganAt + peer.delayMs;
		if (waitedMs < 0 || peer.units.size > 0 || !peer.isReady({ waitedMs, lingerMs, polledAt })) return;
		if (this.#closing.hasRoom || waitedMs > lingerMs + LONGEST_OVERDUE_MS) this.#notify(peer);
	}

	#becameReady(peer: Peer): void {
		const isDue = performance.now() - this.#beganAt >= peer.delayMs && peer.isReachable;
		if (isDue && peer.units.size === 0 && this.#peers.has(peer)) this.#notify(peer);
	}

	#notify(peer: Peer): void {
		if (peer.isNotified) return;
		peer.isNotified = true;
		this.#closing.add(peer);
		new Promise((resolve) => resolve(peer.sendClosingMessage())).then(
			() => this.#awaitClose(peer),
			// A peer whose closing message has failed may still end by itself, and is waited for.
			(error: unknown) => void this.#errors.push(error),
		);
	}

	/** The closing message was sent: from now on the peer has to close the connection. */
	#awaitClose(peer: Peer): void {
		const { activity } = peer;
		if (activity === undefined || this.#how === undefined) return;
		const now = performance.now();
		const times = { lingerMs: this.#how.lingerMs, leftMs: this.#hardStopAt - now };
		peer.closeWait = new PeerCloseWait(activity, now, times, peer.maySend);
	}

	#cutIfOver(peer: Peer, closeWait: PeerCloseWait, { onEndedEarly }: DrainOptions, polledAt: number): void {
		if (peer.units.size > 0) {
			// A message that crossed the closing message has begun some work: the wait begins when that has ended.
			this.#awaitClose(peer);
			return;
		}
		const now = performance.now();
		if (peer.activity === undefined) return;
		const isOver = closeWait.isOver(peer.activity, now, polledAt);
		peer.dueAt = closeWait.nextLookAt;
		if (!isOver) return;
		// Only once: the connection ends later than this.
		peer.closeWait = undefined;
		onEndedEarly({ name: peer.name, what: peer.what, ageMs: now - peer.startedAt, why: "peer-silent" });
		this.#cut(peer, ({ error }) => void this.#errors.push(error));
	}
}
