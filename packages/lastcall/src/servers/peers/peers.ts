import { attempt } from "../../core/attempt.ts";
import type { DrainOptions, InFlight } from "../../core/drainable.ts";
import { Pruner } from "../../core/pruner.ts";
import type { Failure } from "../../core/stop-reason.ts";
import { nextPoll } from "../listening/accept-queue.ts";
import { inTurns } from "../listening/in-turns.ts";
import { Parting } from "./parting.ts";
import type { Peer } from "./peer.ts";

/** How often to look for peers whose moment has come. */
const LOOK_EVERY_MS = 20;
/**
 * So many may be told and not gone: where the machine is busy they all answer in one poll, and each answer takes its time.
 * Who has not answered after some looks doesn't count, since it may be far away, and whoever is overdue is told anyway.
 */
const MOST_LEAVING = 400;
const LOOKS_TO_LEAVE = 5;
const LONGEST_OVERDUE_MS = 2_000;

/** The long-lived connections of one server, and the one way in which all of them are said goodbye to. */
export class Peers {
	readonly #peers = new Set<Peer>();
	readonly #pruner = new Pruner(this.#peers, (peer) => {
		if (!peer.isGone && peer.hasEnded) this.remove(peer);
	});
	/** Those that were told, and in which look. */
	readonly #leaving = new Map<Peer, number>();
	readonly #errors: unknown[] = [];
	#look = 0;
	#how: DrainOptions | undefined;
	#beganAt = Number.POSITIVE_INFINITY;
	#hardStopAt = Number.POSITIVE_INFINITY;
	#telling: Promise<void> | undefined;
	/** Set by the hard stop: it gets what is thrown by a peer that is cut. */
	#failed: ((failure: Failure) => void) | undefined;

	get size(): number {
		this.#pruner.pruneAll();
		return this.#peers.size;
	}

	/** Adds a connection that was opened. One that comes while the others are being told is told as well. */
	add(peer: Peer): void {
		this.#pruner.pruneSome();
		this.#peers.add(peer);
		peer.whenReady = () => this.#becameReady(peer);
		peer.whenWorkChanges = () => (peer.units.size > 0 ? this.#peers.add(peer) : this.#peers.delete(peer));
		if (this.#failed !== undefined) this.#cut(peer, this.#failed);
		else if (this.#how !== undefined) {
			this.#prepare(peer, 0);
			void this.#tellAll(this.#how);
		}
	}

	/** Forgets a connection that has ended, as soon as no work for it is in flight: its handler may be between two writes. */
	remove(peer: Peer): void {
		peer.isGone = true;
		if (peer.units.size === 0) this.#peers.delete(peer);
		this.#leaving.delete(peer);
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
	 * Says goodbye to each when its moment has come, and resolves when none is left. One whose peer doesn't close it in the
	 * time that it has (`Parting`) is cut, and named as ended early. Called again it waits for those that have come since, which
	 * are told as they come.
	 * @throws the error of a goodbye that has failed, or an `AggregateError` of several, when none is left
	 */
	async drain(how: DrainOptions): Promise<void> {
		if (this.#how === undefined) await this.#begin(how);
		await this.#tellAll(this.#how ?? how);
		const errors = this.#errors.splice(0);
		if (errors.length > 1) throw new AggregateError(errors, "goodbyes failed");
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
		// The drain of nothing is over at once.
		if (this.#peers.size > 0) await how.goodbyes.doorsClosed();
		// The flag first, the sweep second: who is added later checks the flag.
		this.#how = how;
		this.#beganAt = performance.now();
		const delays = how.goodbyes.delays(this.#peers.size).values();
		await inTurns(this.#peers, (peer) => this.#prepare(peer, delays.next().value ?? 0));
	}

	#prepare(peer: Peer, delayMs: number): void {
		if (peer.delayMs !== Number.POSITIVE_INFINITY) return;
		peer.delayMs = delayMs;
		peer.leave(this.#beganAt + delayMs);
	}

	/** Tells all that there are and all that come meanwhile. Whoever is telling already tells the others, too. */
	async #tellAll(how: DrainOptions): Promise<void> {
		if (this.#peers.size === 0) return;
		this.#telling ??= this.#tellUntilNoneIsLeft(how);
		await this.#telling;
	}

	async #tellUntilNoneIsLeft(how: DrainOptions): Promise<void> {
		while (this.#peers.size > 0 && this.#failed === undefined) {
			// Right after a poll, so that what had arrived has been heard.
			const polledAt = await nextPoll(Math.min(LOOK_EVERY_MS, how.lingerMs));
			this.#look++;
			for (const [peer, look] of this.#leaving) {
				if (this.#look - look < LOOKS_TO_LEAVE) break;
				this.#leaving.delete(peer);
			}
			await inTurns(this.#peers, (peer, polledAt) => this.#visit(peer, how, polledAt), polledAt);
		}
		// In the turn of the last look: whoever comes behind it begins anew.
		this.#telling = undefined;
	}

	/** What arrived after `polledAt` may be unread. */
	#visit(peer: Peer, how: DrainOptions, polledAt: number): void {
		if (!peer.isGone && peer.hasEnded) this.remove(peer);
		if (peer.isGone) return;
		if (!peer.isTold) this.#tellIfDue(peer, how.lingerMs, polledAt);
		else if (peer.parting !== undefined) this.#cutIfOver(peer, peer.parting, how, polledAt);
	}

	#tellIfDue(peer: Peer, lingerMs: number, polledAt: number): void {
		const waitedMs = polledAt - this.#beganAt - peer.delayMs;
		if (waitedMs < 0 || peer.units.size > 0 || !peer.isReady({ waitedMs, lingerMs, polledAt })) return;
		if (this.#leaving.size < MOST_LEAVING || waitedMs > lingerMs + LONGEST_OVERDUE_MS) this.#tell(peer);
	}

	#becameReady(peer: Peer): void {
		const isDue = performance.now() - this.#beganAt >= peer.delayMs && peer.isReachable;
		if (isDue && peer.units.size === 0 && this.#peers.has(peer)) this.#tell(peer);
	}

	#tell(peer: Peer): void {
		if (peer.isTold) return;
		peer.isTold = true;
		this.#leaving.set(peer, this.#look);
		new Promise((resolve) => resolve(peer.goodbye())).then(
			() => this.#part(peer),
			// One that could not be told may still end by itself, and is waited for.
			(error: unknown) => void this.#errors.push(error),
		);
	}

	/** The goodbye is said: from now on it is the peer that is waited for. */
	#part(peer: Peer): void {
		const { signs } = peer;
		if (signs === undefined || this.#how === undefined) return;
		const now = performance.now();
		const times = { lingerMs: this.#how.lingerMs, leftMs: this.#hardStopAt - now };
		peer.parting = new Parting(signs, now, times, peer.maySend);
	}

	#cutIfOver(peer: Peer, parting: Parting, { onEndedEarly }: DrainOptions, polledAt: number): void {
		if (peer.units.size > 0) {
			// What crossed the goodbye has begun some work: the time begins when that has ended.
			this.#part(peer);
			return;
		}
		const now = performance.now();
		if (peer.signs === undefined || !parting.isOver(peer.signs, now, polledAt)) return;
		// Once: its end comes later than this.
		peer.parting = undefined;
		onEndedEarly({ name: peer.name, what: peer.what, ageMs: now - peer.startedAt, why: "peer-silent" });
		this.#cut(peer, ({ error }) => void this.#errors.push(error));
	}
}
