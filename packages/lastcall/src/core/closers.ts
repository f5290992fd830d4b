import type { Clock } from "./clock.ts";
import type { Deadline } from "./deadline.ts";
import type { InFlight } from "./drainable.ts";
import type { ServiceEvent } from "./events.ts";
import type { Failure } from "./stop-reason.ts";

/** How the closing of one resource went. `left`: it had not ended when the time was over. */
export interface CloserReport {
	readonly name: string;
	readonly outcome: "closed" | "failed" | "left";
	/** Milliseconds it took, or was waited for. */
	readonly durationMs: number;
	/** What it threw, where the outcome is `failed`. */
	readonly error?: unknown;
}

interface Closer {
	readonly name: string;
	readonly close: () => unknown;
}

interface Closing {
	readonly name: string;
	readonly startedAt: number;
	readonly ended: Promise<void>;
	result: CloserReport | undefined;
}

/** What was acquired, to be released in reverse order, each once. */
export class Closers {
	readonly #clock: Clock;
	readonly #stack: Closer[] = [];
	readonly #begun: Closing[] = [];
	readonly #tell: (event: ServiceEvent) => void;
	readonly #failed: (failure: Failure) => void;
	#acquired: (() => void)[] = [];

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
		return this.#stack.length;
	}

	push(name: string, close: () => unknown): void {
		this.#stack.push({ name, close });
		for (const resolve of this.#acquired.splice(0)) resolve();
	}

	/** Resolves when something more is acquired. */
	nextAcquired(): Promise<void> {
		return new Promise((resolve) => this.#acquired.push(resolve));
	}

	/** The closers that have begun and not ended. */
	inFlight(): InFlight[] {
		const now = this.#clock.now();
		return this.#begun
			.filter(({ result }) => result === undefined)
			.map(({ name, startedAt }) => ({ name, what: "closing", ageMs: now - startedAt }));
	}

	/** How each that has begun went, up to now, in the order in which they began. */
	results(): CloserReport[] {
		return this.#begun.map((closing) => closing.result ?? this.#result(closing, "left"));
	}

	/**
	 * Closes everything, the newest first, one after the other, and returns when all have ended or time is up. A closer
	 * that hangs is waited for as long as its fair share lasts (the time left, divided by those still to come), then the
	 * next begins: none is ever skipped, and what others didn't need is given to those that hang at the end. What is
	 * acquired meanwhile is closed like the rest; what is acquired when this returns is not: ask `size` again.
	 */
	async closeAll(deadline: Deadline): Promise<void> {
		for (;;) {
			for (let closer = this.#stack.pop(); closer !== undefined; closer = this.#stack.pop()) {
				const share = deadline.leftMs / (this.#stack.length + 1);
				await deadline.race(this.#begin(closer).ended, share);
			}
			const left = this.#begun.filter(({ result }) => result === undefined);
			if (left.length === 0) return;
			const ended = Promise.all(left.map((closing) => closing.ended));
			const inTime = await deadline.race(Promise.race([ended, this.nextAcquired()]), deadline.leftMs);
			if (!inTime && this.#stack.length === 0) return;
		}
	}

	#begin({ name, close }: Closer): Closing {
		this.#tell({ type: "resource-closing", name });
		// A synchronous throw becomes a rejection, and a synchronous closer has run when this returns.
		const closed = new Promise<unknown>((resolve) => resolve(close()));
		const closing: Closing = {
			name,
			startedAt: this.#clock.now(),
			result: undefined,
			ended: closed.then(
				() => this.#ended(closing, this.#result(closing, "closed")),
				(error: unknown) => {
					this.#ended(closing, { ...this.#result(closing, "failed"), error });
					this.#failed({ name, error });
				},
			),
		};
		this.#begun.push(closing);
		return closing;
	}

	#ended(closing: Closing, result: CloserReport): void {
		closing.result = result;
		this.#tell({ type: "resource-closed", result });
	}

	#result({ name, startedAt }: Closing, outcome: CloserReport["outcome"]): CloserReport {
		return { name, outcome, durationMs: this.#clock.now() - startedAt };
	}
}
