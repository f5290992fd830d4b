import assert from "node:assert/strict";
import { type Group, type Phase, type Service, StoppedError } from "lastcall";
import { hang } from "../support/deferred.ts";
import { SIGINT } from "../support/stop-reasons.ts";
import { WatchedService } from "../support/watched-service.ts";

/** What can happen at a step: a signal is a hard stop where there has been one. */
export const FAULTS = ["signal", "throw", "hang"] as const;
export type Fault = (typeof FAULTS)[number];

const GRACE_PERIOD_MS = 1_000;
/** When the program is told to stop, if nothing has stopped it before. */
const STOP_AFTER_MS = 60;

/**
 * A program with some of everything, each of whose awaits is a step, at which something can go wrong: two groups side by side, a
 * server with a request, a task, repeated work, units, resources. The clock is fake, so that the same faults meet it the
 * same way each time.
 */
export class FaultyProgram extends WatchedService {
	/** Its steps up to now, in the order in which they were begun, those of start-up and shutdown alike. */
	readonly steps: string[] = [];
	/** What has been acquired, in which phase, and each that was begun to be closed. */
	readonly acquired = new Map<string, Phase>();
	readonly closing: string[] = [];
	/** The faults that it met, before it was closed. */
	readonly met: Fault[] = [];
	readonly #faults: ReadonlyMap<number, Fault>;
	/** Whether a hard stop by a signal came before time had run out. */
	#isCut = false;

	/** @param faults by the number of the step at which they happen */
	constructor(faults: ReadonlyMap<number, Fault> = new Map()) {
		super({ gracePeriodMs: GRACE_PERIOD_MS });
		this.#faults = faults;
	}

	/** Plays it until long after the deadline and checks all that must be true of its end. */
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

	/** The signal, or where there has been one, a hard stop by another. */
	readonly interrupt = (): void => {
		if (this.service.phase === "closed") return;
		if (this.state.reason === undefined) {
			this.sendSignal("SIGTERM");
			return;
		}
		if (this.state.hardStopped === undefined) this.#isCut = true;
		// Not by `signal`: within 200 ms, a SIGINT would be part of the first stop.
		void this.state.stopNow(SIGINT);
	};

	async #checkReport(): Promise<void> {
		const { exitCode, closers, left } = await this.service.closed;
		const acquired = [...this.acquired.keys()];
		assert.deepEqual(this.closing.toSorted(), acquired.toSorted(), "each that was acquired is closed, once");
		// What dropped work acquires later is closed at once.
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

	/** Takes messages until it is told to stop. */
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

	/** As `listen`, for a server without a protocol. Its first request comes at once, and is answered while it drains. */
	async #listen(): Promise<void> {
		await this.#step("listen");
		if (this.state.reason !== undefined) throw new StoppedError(this.state.reason);
		const server = this.serve("http");
		server.accept("GET /");
		server.drain = () => this.#step("answer").finally(() => server.finish());
	}

	/** One await of the program's. */
	async #step(name: string): Promise<void> {
		const fault = this.#faults.get(this.steps.push(name) - 1);
		if (fault !== undefined && this.service.phase !== "closed") this.met.push(fault);
		if (fault === "signal") this.interrupt();
		await (fault === "hang" ? hang() : this.clock.wait(1));
		if (fault === "throw") throw new Error(`${name} fails`);
	}
}

/** As `Promise.all`, but waits for all, and prefers an error to the refusal of what came after the stop. */
async function allOf(parts: readonly Promise<unknown>[]): Promise<void> {
	const failed = (await Promise.allSettled(parts)).flatMap((part) => (part.status === "rejected" ? [part.reason] : []));
	if (failed.length > 0) throw failed.find((error) => !(error instanceof StoppedError)) ?? failed[0];
}

/** Which is closed before which, whatever happens. */
const ORDER = [
	["metrics", "orders/queue"],
	["metrics", "mail/smtp"],
	["orders/consumer", "orders/queue"],
	["orders/queue", "postgres"],
	["mail/smtp", "postgres"],
] as const;
