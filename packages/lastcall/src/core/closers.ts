import { attempt } from "./attempt.ts";
import type { Clock } from "./clock.ts";
import type { CloserReport } from "./closer-report.ts";
import { ClosingOrder, type Ordered } from "./closing-order.ts";
import type { Deadline } from "./deadline.ts";
import type { InFlight } from "./drainable.ts";
import type { ServiceEvent } from "./events.ts";
import { LateClosing } from "./late-closing.ts";
import type { Resource } from "./resource.ts";
import { type Path, StartOrder } from "./start-order.ts";
import type { Failure } from "./stop-reason.ts";
import { isStopped } from "./stopped-error.ts";

interface Closer extends Ordered {
	readonly name: string;
	readonly resource: Resource;
}

interface Closing {
	readonly id: number;
	readonly name: string;
	readonly path: Path;
	readonly resource: Resource;
	readonly startedAt: number;
	/** Whether its share of the time is over, so that only the end waits for it. */
	hadItsShare: boolean;
	/** Whether it was acquired after the deadline, so that not even the end waits for it. */
	readonly isLate: boolean;
}

/** So many closers may begin one after the other before the event loop gets a turn. */
const ROUNDS_IN_A_TURN = 100;

/** Closes `resource`, and nobody waits for it. */
async function neverFails(resource: Resource): Promise<void> {
	try {
		await resource.close();
	} catch {
		// Nobody is left to hear of it.
	}
}

/** What was acquired, to be released in the reverse of the order in which it was started, each once. */
export class Closers {
	readonly #clock: Clock;
	readonly #order: StartOrder = new StartOrder();
	readonly #waiting: ClosingOrder<Closer> = new ClosingOrder();
	/** Those that have begun and not ended, in that order. */
	readonly #unended: Set<Closing> = new Set();
	readonly #ended: CloserReport[] = [];
	readonly #tell: (event: ServiceEvent) => void;
	readonly #failed: (failure: Failure) => void;
	#lastId = 0;
	readonly #late: LateClosing = new LateClosing();
	/** Known once closing has begun. */
	#deadline: Deadline | undefined;
	#whenChanged: (() => void)[] = [];

	/**
	 * @param tell hears of each closer, when it begins and when it ends
	 * @param failed hears of each closer that failed, when it does
	 */
	constructor(clock: Clock, tell: (event: ServiceEvent) => void, failed: (failure: Failure) => void) {
		this.#clock = clock;
		this.#tell = tell;
		this.#failed = failed;
	}

	/** How many wait to be closed. */
	get size(): number {
		return this.#waiting.size;
	}

	/** A group begins to be started, within another. Returns its path, for what is acquired in it. */
	beginGroup(within: Path): Path {
		return this.#order.begin(within);
	}

	/** The group has been started: what begins from now on may need it. */
	endGroup(group: Path): void {
		this.#order.end(group);
		this.#waiting.groupEnded(group);
	}

	/**
	 * Adds what was acquired. After the deadline it is told to close at once, and not waited for. Returns false if it is
	 * refused: another one that came too late acquires it as it closes, which might go on for ever.
	 */
	push(name: string, resource: Resource, within: Path = []): boolean {
		const path = this.#order.acquire(within);
		const deadline = this.#deadline;
		if (deadline?.leftMs === 0) {
			const closer = { id: ++this.#lastId, name, resource, path, toCome: 1 };
			return this.#late.begin(() => this.#begin(closer, deadline, true));
		}
		this.#waiting.add({ id: ++this.#lastId, name, resource, path, toCome: this.#waiting.chainFrom(path) });
		this.#changed();
		return true;
	}

	/** Closes what was acquired when all was closed. Returns false if it is refused, as `push` does. */
	closeLate(name: string, resource: Resource): boolean {
		return this.#late.begin(() => {
			new Promise((resolve) => resolve(resource.close())).catch((error: unknown) => {
				// One that acquires another is refused in its turn.
				if (!isStopped(error)) this.#failed({ name, error });
			});
		});
	}

	/** Resolves when something more is acquired, or one that closes is no longer waited for. */
	nextChange(): Promise<void> {
		return new Promise((resolve) => this.#whenChanged.push(resolve));
	}

	/** The closers that have begun and not ended. */
	inFlight(): InFlight[] {
		const now = this.#clock.now();
		return [...this.#unended].map(({ name, startedAt }) => ({ name, what: "closing", ageMs: now - startedAt }));
	}

	/** How each that has begun went, up to now, in the order in which they ended; those that have not, last. */
	results(): CloserReport[] {
		return [...this.#ended, ...[...this.#unended].map((closing) => this.#result(closing, "left"))];
	}

	/**
	 * Closes everything, what was started last first and what was started side by side side by side, and returns when all have
	 * ended or time is up. A closer that hangs is waited for as long as its fair share lasts (the time left, divided by
	 * the longest chain from it on), then those after it begin: none is ever skipped, and what others didn't need is given
	 * to those that hang at the end. What is acquired meanwhile is closed like the rest; what is acquired when this returns
	 * is not: ask `size` again. Closers that acquire one more for ever end with the deadline: see `push`.
	 */
	async closeAll(deadline: Deadline): Promise<void> {
		this.#deadline = deadline;
		for (let round = 1; ; round++) {
			// A closer may acquire something as it begins: look again after each.
			for (let next = this.#next(); next !== undefined; next = this.#next()) this.#begin(next, deadline);
			if ([...this.#unended].every(({ isLate }) => isLate)) return;
			// Closers that end at once would keep the event loop from turning: no signal would be heard meanwhile.
			if (round % ROUNDS_IN_A_TURN === 0) {
				await this.#clock.turn();
				continue;
			}
			// When time is up, what ends in this very turn has still ended.
			const isLast = deadline.leftMs === 0;
			const isChanged = await deadline.race(this.nextChange(), deadline.leftMs);
			if (!isLast || isChanged) continue;
			if (this.#waiting.size === 0) return;
			// Time is up, and so is every share, though the clock may have rounded the end of one to an instant behind it.
			for (const one of this.#unended) one.hadItsShare = true;
		}
	}

	/** Ends what has begun to close and not ended, where that can be done: time is up. */
	cut(): void {
		for (const { name, resource } of this.#unended) {
			attempt(name, this.#failed, () => resource.cut?.());
		}
	}

	/**
	 * The process ends without any closing: what would outlive it is told to close, as far as that is done in this turn.
	 */
	abandon(): void {
		for (const { resource } of this.#waiting.newestFirst()) if (resource.cut !== undefined) void neverFails(resource);
	}

	/** Takes the newest that may begin, if there is one. */
	#next(): Closer | undefined {
		return this.#waiting.takeNext([...this.#unended].filter((one) => !one.hadItsShare).map(({ path }) => path));
	}

	#begin({ id, name, resource, path, toCome }: Closer, deadline: Deadline, isLate = false): void {
		this.#tell({ type: "resource-closing", id, name });
		const shareMs = deadline.leftMs / toCome;
		// A synchronous throw becomes a rejection, and a synchronous closer has run when this returns.
		const closed = new Promise<unknown>((resolve) => resolve(resource.close()));
		const startedAt = this.#clock.now();
		const closing: Closing = { id, name, resource, path, startedAt, hadItsShare: isLate, isLate };
		this.#unended.add(closing);
		const ended = closed.then(
			() => this.#end(closing, this.#result(closing, "closed")),
			(error: unknown) => {
				this.#end(closing, { ...this.#result(closing, "failed"), error });
				this.#failed({ name, error });
			},
		);
		if (isLate) return;
		void deadline.race(ended, shareMs).then(() => {
			closing.hadItsShare = true;
			this.#changed();
		});
	}

	#end(closing: Closing, result: CloserReport): void {
		this.#unended.delete(closing);
		this.#ended.push(result);
		this.#tell({ type: "resource-closed", id: closing.id, result });
		if (!closing.isLate) this.#changed();
	}

	#changed(): void {
		for (const resolve of this.#whenChanged.splice(0)) resolve();
	}

	#result({ name, startedAt }: Closing, outcome: CloserReport["outcome"]): CloserReport {
		return { name, outcome, durationMs: this.#clock.now() - startedAt };
	}
}
