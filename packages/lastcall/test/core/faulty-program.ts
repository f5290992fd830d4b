import assert from "node:assert/strict";
import { type Group, type Phase, type Service, StoppedError } from "lastcall";
import { hang } from "../support/deferred.ts";
import { SIGINT } from "../support/stop-reasons.ts";
import { WatchedService } from "../support/watched-service.ts";

/** What can happen at a step. A second signal is a hard stop. */
export const FAULTS = ["signal", "throw", "hang"] as const;
export type Fault = (typeof FAULTS)[number];

const GRACE_PERIOD_MS = 1_000;
/** When the program gets its stop signal, unless it has been stopped before. */
const STOP_AFTER_MS = 60;

/**
 * A program with some of everything: two groups side by side, a
 * server with a request, a task, an intake, repeated work, units, resources. Each of its awaits is a step at which something can go wrong.
 * The clock is fake, so that the same faults have the same effect each time.
 */
export class FaultyProgram extends WatchedService {
	/** Its steps up to now, in the order in which they began, from start-up to shutdown. */
	readonly steps: string[] = [];
	/** The resources that were acquired, each with its phase, and those whose closing has begun. */
	readonly acquired = new Map<string, Phase>();
	readonly closing: string[] = [];
	/** The faults that happened before it was closed. */
	readonly met: Fault[] = [];
	readonly #faults: ReadonlyMap<number, Fault>;
	/** True if a hard stop by a signal came before time had run out. */
	#isCut = false;

	/** @param faults by the number of the step at which they happen */
	constructor(faults: ReadonlyMap<number, Fault> = new Map()) {
		super({ gracePeriodMs: GRACE_PERIOD_MS });
		this.#faults = faults;
	}

	/** Plays it until long after the deadline and checks everything that must be true of its end. */
	async play(): Promise<void> {
		const { service, clock, state } = this;
		let closedAt = Infinity;
		void service.closed.then(() => {
			closedAt = clock.now();
		});
		void service.start((service) => this.#main(service)).catch(() => {});
		await clock.advance(STOP_AFTER_MS);
		if (state.reason === undefined) this.interrupt();
		await clock.advance(3 * GRACE_PERIOD_MS);

		assert.equal(service.phase, "closed");
		assert.ok(closedAt <= (state.deadline?.startedAt ?? 0) + GRACE_PERIOD_MS, "not closed by the deadline");
		assert.equal(clock.timers, 0, "a timer is left");
		await this.#checkReport();
	}

	/** The stop signal; the second one is a hard stop. */
	readonly interrupt = (): void => {
		if (this.service.phase === "closed") return;
		if (this.state.reason === undefined) {
			this.sendSignal("SIGTERM");
			return;
		}
		if (this.state.hardStopped === undefined) this.#isCut = true;
		// Not by `signal`: within 500 ms, a SIGINT would be part of the first stop.
		void this.state.stopNow(SIGINT);
	};

	async #checkReport(): Promise<void> {
		const { exitCode, closers, left } = await this.service.closed;
		const acquired = [...this.acquired.keys()];
		assert.deepEqual(this.closing.toSorted(), acquired.toSorted(), "each that was acquired is closed, once");
		// A resource that dropped work acquires later is closed at once.
		const inTime = acquired.filter((name) => this.acquired.get(name) !== "closed");
		assert.deepEqual(closers.map(({ name }) => name).toSorted(), inTime.toSorted());
		for (const [first, then] of ORDER) {
			if (!this.closing.includes(first) || ["closing", "closed"].includes(this.acquired.get(first) ?? "")) continue;
			assert.ok(this.closing.indexOf(first) < this.closing.indexOf(then), `${first} needs ${then}`);
		}
		const hangs = this.met.includes("hang");
		if (hangs) assert.ok(left.length > 0, "what hangs is left");
		if (!hangs && !this.#isCut) assert.deepEqual(left, []);
		assert.equal(exitCode, this.#isCut ? 130 : hangs || this.met.includes("throw") ? 1 : 0);
	}

	async #main(service: Service): Promise<void> {
		await this.#acquire(service, "postgres");
		await allOf([
			service.group("orders", async (orders) => {
				await this.#acquire(orders, "orders/queue");
				await this.#acquire(orders, "orders/consumer");
				orders.task("loop", (signal) => this.#consume(orders, signal));
				orders.intake("feed", {}, () => this.#step("stop feed"));
			}),
			service.group("mail", async (mail) => {
				await this.#acquire(mail, "mail/smtp");
				mail.every("sweep", 20, () => this.#step("sweep"));
			}),
		]);
		await this.#listen();
		await this.#acquire(service, "metrics");
	}

	async #acquire(group: Group, fullName: string): Promise<void> {
		await this.#step(`open ${fullName}`);
		this.acquired.set(fullName, this.service.phase);
		group.defer(fullName.slice(fullName.indexOf("/") + 1), () => {
			this.closing.push(fullName);
			return this.#step(`close ${fullName}`);
		});
	}

	/** Takes messages until the drain signal. */
	async #consume(group: Group, signal: AbortSignal): Promise<void> {
		while (!signal.aborted) {
			await this.#step("receive");
			using _unit = group.enter("message");
			await this.#step("handle");
			await new Promise<void>((resolve) => {
				const done = (): void => {
					cancel();
					resolve();
				};
				const cancel = this.clock.after(10, done);
				signal.addEventListener("abort", done, { once: true });
			});
		}
	}

	/** Like `listen`, for a server without a protocol. Its first request comes at once, and is answered while it drains. */
	async #listen(): Promise<void> {
		await this.#step("listen");
		if (this.state.reason !== undefined) throw new StoppedError(this.state.reason);
		const server = this.serve("http");
		server.accept("GET /");
		server.drain = () => this.#step("answer").finally(() => server.finish());
	}

	/** One await of the program. */
	async #step(name: string): Promise<void> {
		const fault = this.#faults.get(this.steps.push(name) - 1);
		if (fault !== undefined && this.service.phase !== "closed") this.met.push(fault);
		if (fault === "signal") this.interrupt();
		await (fault === "hang" ? hang() : this.clock.wait(1));
		if (fault === "throw") throw new Error(`${name} fails`);
	}
}

/** Like `Promise.all`, but waits for all, and prefers any error to a StoppedError. */
async function allOf(parts: readonly Promise<unknown>[]): Promise<void> {
	const failed = (await Promise.allSettled(parts)).flatMap((part) => (part.status === "rejected" ? [part.reason] : []));
	if (failed.length > 0) throw failed.find((error) => !(error instanceof StoppedError)) ?? failed[0];
}

/** Pairs of resources: the first must always be closed before the second. */
const ORDER = [
	["metrics", "orders/queue"],
	["metrics", "mail/smtp"],
	["orders/consumer", "orders/queue"],
	["orders/queue", "postgres"],
	["mail/smtp", "postgres"],
] as const;
