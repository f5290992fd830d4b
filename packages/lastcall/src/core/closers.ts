import { attempt } from "./attempt.ts";
import type { Clock } from "./clock.ts";
import type { Deadline } from "./deadline.ts";
import type { InFlight } from "./drainable.ts";
import type { ServiceEvent } from "./events.ts";
import type { Resource } from "./resource.ts";
import { closesBefore, type Path, StartOrder } from "./start-order.ts";
import type { Failure } from "./stop-reason.ts";

/** How the closing of one resource went. `left`: it had not ended when the time was over. */
export interface CloserReport {
	/** The name it was registered under, after those of the groups that it is in: `orders/postgres`. */
	readonly name: string;
	readonly outcome: "closed" | "failed" | "left";
	/** Milliseconds it took, or was waited for. */
	readonly durationMs: number;
	/** What it threw, where the outcome is `failed`. */
	readonly error?: unknown;
}

interface Closer {
	readonly id: number;
	readonly name: string;
	readonly resource: Resource;
	readonly path: Path;
	/** How many close one after the other from this one on, itself included: the longest chain. */
	readonly toCome: number;
}

interface Closing {
	readonly id: number;
	readonly name: string;
	readonly path: Path;
	readonly resource: Resource;
	readonly startedAt: number;
	/** Whether its share of the time is over, so that nobody waits for it but the end. */
	hadItsShare: boolean;
	result: CloserReport | undefined;
}

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
	/** The newest first. */
	readonly #waiting: Closer[] = [];
	readonly #begun: Closing[] = [];
	readonly #ended: CloserReport[] = [];
	readonly #tell: (event: ServiceEvent) => void;
	readonly #failed: (failure: Failure) => void;
	#lastId = 0;
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
		return this.#waiting.length;
	}

	/** A group begins to be started, within another. Returns its path, for what is acquired in it. */
	beginGroup(within: Path): Path {
		return this.#order.begin(within);
	}

	/** The group has been started: what begins from now on may need it. */
	endGroup(group: Path): void {
		this.#order.end(group);
	}

	push(name: string, resource: Resource, within: Path = []): void {
		const path = this.#order.acquire(within);
		// True until it begins: none of those that come after it can begin before.
		const toCome = this.#waiting.reduce((most, other) => {
			return other.toCome >= most && closesBefore(path, other.path) ? other.toCome + 1 : most;
		}, 1);
		this.#waiting.unshift({ id: ++this.#lastId, name, resource, path, toCome });
		this.#changed();
	}

	/** Resolves when something more is acquired, or one that closes is no longer waited for. */
	nextChange(): Promise<void> {
		return new Promise((resolve) => this.#whenChanged.push(resolve));
	}

	/** The closers that have begun and not ended. */
	inFlight(): InFlight[] {
		const now = this.#clock.now();
		return this.#unended().map(({ name, startedAt }) => ({ name, what: "closing", ageMs: now - startedAt }));
	}

	/** How each that has begun went, up to now, in the order in which they ended; those that have not, last. */
	results(): CloserReport[] {
		return [...this.#ended, ...this.#unended().map((closing) => this.#result(closing, "left"))];
	}

	/**
	 * Closes everything, what was started last first and what was started side by side side by side, and returns when all have
	 * ended or time is up. A closer that hangs is waited for as long as its fair share lasts (the time left, divided by
	 * the longest chain from it on), then those after it begin: none is ever skipped, and what others didn't need is given
	 * to those that hang at the end. What is acquired meanwhile is closed like the rest; what is acquired when this returns
	 * is not: ask `size` again.
	 */
	async closeAll(deadline: Deadline): Promise<void> {
		for (;;) {
			// A closer may acquire something as it begins: look again after each.
			for (let next = this.#next(); next !== undefined; next = this.#next()) this.#begin(next, deadline);
			if (this.#unended().length === 0) return;
			// When time is up, what ends in this very turn has still ended.
			const isLast = deadline.leftMs === 0;
			const isChanged = await deadline.race(this.nextChange(), deadline.leftMs);
			if (!isLast || isChanged) continue;
			if (this.#waiting.length === 0) return;
			// Time is up, and so is every share, though the clock may have rounded the end of one to an instant behind it.
			for (const one of this.#begun) one.hadItsShare = true;
		}
	}

	/** Ends what has begun to close and not ended, where that can be done: time is up. */
	hardStop(): void {
		for (const { name, resource } of this.#unended()) {
			attempt(name, this.#failed, () => resource.hardStop?.());
		}
	}

	/**
	 * The process ends without any closing: what would outlive it is told to close, as far as that is done in this turn.
	 */
	abandon(): void {
		for (const { resource } of this.#waiting) if (resource.hardStop !== undefined) void neverFails(resource);
	}

	/** Takes the newest that may begin, if there is one. */
	#next(): Closer | undefined {
		const closing = this.#begun.filter((one) => one.result === undefined && !one.hadItsShare);
		const index = this.#waiting.findIndex(
			({ path }) =>
				!this.#waiting.some((other) => closesBefore(other.path, path)) &&
				// One that is acquired meanwhile may still be needed by what closes.
				!closing.some((other) => closesBefore(other.path, path) || closesBefore(path, other.path)),
		);
		return index === -1 ? undefined : this.#waiting.splice(index, 1)[0];
	}

	#begin({ id, name, resource, path, toCome }: Closer, deadline: Deadline): void {
		this.#tell({ type: "resource-closing", id, name });
		const shareMs = deadline.leftMs / toCome;
		// A synchronous throw becomes a rejection, and a synchronous closer has run when this returns.
		const closed = new Promise<unknown>((resolve) => resolve(resource.close()));
		const startedAt = this.#clock.now();
		const closing: Closing = { id, name, resource, path, startedAt, hadItsShare: false, result: undefined };
		this.#begun.push(closing);
		const ended = closed.then(
			() => this.#end(closing, this.#result(closing, "closed")),
			(error: unknown) => {
				this.#end(closing, { ...this.#result(closing, "failed"), error });
				this.#failed({ name, error });
			},
		);
		void deadline.race(ended, shareMs).then(() => {
			closing.hadItsShare = true;
			this.#changed();
		});
	}

	#end(closing: Closing, result: CloserReport): void {
		closing.result = result;
		this.#ended.push(result);
		this.#tell({ type: "resource-closed", id: closing.id, result });
		this.#changed();
	}

	#unended(): Closing[] {
		return this.#begun.filter(({ result }) => result === undefined);
	}

	#changed(): void {
		for (const resolve of this.#whenChanged.splice(0)) resolve();
	}

	#result({ name, startedAt }: Closing, outcome: CloserReport["outcome"]): CloserReport {
		return { name, outcome, durationMs: this.#clock.now() - startedAt };
	}
}
