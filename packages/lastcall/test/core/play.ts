import assert from "node:assert/strict";
import { type InFlight, type ShutdownReport, StoppedError } from "lastcall";
import type { Drainable } from "#src/core/drainable.js";
import { hang } from "./deferred.ts";
import type { Addition, End, Scenario, Step } from "./scenario.ts";
import { SIGINT, SIGTERM } from "./stop-reasons.ts";
import { WatchedService } from "./watched-service.ts";

/** What truly happened to a closer, a task, `main` or a server, to hold the report against. */
export interface Fact {
	readonly name: string;
	/** Where it is not known to the report: a closer that came when all was closed. */
	readonly tooLate: boolean;
	begunAt: number | undefined;
	begun: number;
	endedAt: number | undefined;
	/** Whether it ended before the service was closed. */
	inTime: boolean;
	failure: { readonly error: unknown } | undefined;
	/** A closer's: the time that was left when it began, divided by those still to be closed. */
	shareMs: number;
	/** A server's: what it had accepted, and whether it was hard-stopped, after which it can't fail any more. */
	readonly requests: number;
	dropped: boolean;
}

/** A scenario on a service with a fake clock, and all that can be seen of it from outside. */
export class Play extends WatchedService {
	readonly scenario: Scenario;
	readonly gracePeriodMs: number;
	readonly closers: Fact[] = [];
	readonly tasks: Fact[] = [];
	readonly drains: Fact[] = [];
	/** Errors that came from elsewhere: uncaught. */
	readonly uncaught: unknown[] = [];
	/** The closers in the order in which they began, without those that came too late. */
	readonly order: Fact[] = [];
	/** When the deadline was first brought forward. */
	hurriedAt: number | undefined;
	/** What was acquired and not begun to be closed: the newest is last. */
	readonly #acquired: Fact[] = [];
	#count = 0;

	constructor(scenario: Scenario) {
		super(scenario.times);
		this.scenario = scenario;
		this.gracePeriodMs = scenario.times.gracePeriodMs;
	}

	/** Plays until long after the deadline; resolves to the report. */
	async run(): Promise<ShutdownReport> {
		const { clock, service, state, scenario } = this;
		let report: ShutdownReport | undefined;
		let closedAt = 0;
		void service.closed.then((given) => {
			report = given;
			closedAt = clock.now();
		});
		for (const closer of scenario.closers) this.#addCloser(closer);
		for (const server of scenario.servers) this.#addServer(server);
		await this.#start();
		for (const { at, step } of scenario.tasks) if (at < 0) this.#addTask(step);
		await clock.advance(1);

		const isClosed = service.phase === "closed";
		void state.stop(STOPS[scenario.stop]);
		if (scenario.stop === "failure" && !isClosed) this.uncaught.push(BOOM);
		for (const { at, step } of scenario.tasks) if (at >= 0) this.#later(at, () => this.#addTask(step));
		for (const { at, what } of scenario.later) this.#later(at, () => this.#happen(what));
		const deadline = state.deadline ?? assert.fail("not stopped");
		await clock.advance(this.gracePeriodMs);
		assert.ok(report !== undefined, "not closed at the deadline");
		assert.ok(closedAt <= deadline.startedAt + this.gracePeriodMs + ROUNDING_MS, "closed after the deadline");
		assertClose(report.durationMs, closedAt - deadline.startedAt, "the report's duration");
		await clock.advance(10 * this.gracePeriodMs);
		return report;
	}

	/** Milliseconds from the stop reason to now. */
	get elapsedMs(): number {
		return this.state.deadline?.elapsedMs ?? 0;
	}

	async #start(): Promise<void> {
		const { main } = this.scenario;
		if (main === undefined) return this.service.start();
		const fact = this.#fact("main", this.tasks);
		void this.service.start(() => this.#begin(fact, main)).catch(() => {});
	}

	#addServer({ end, requests }: Scenario["servers"][number]): void {
		const fact = this.#fact("server", this.drains, requests);
		let release = (): void => {};
		const { clock } = this;
		const acceptedAt = clock.now();
		const server: Drainable = {
			name: fact.name,
			inFlight: (): InFlight[] => {
				if (fact.dropped || fact.endedAt !== undefined) return [];
				const entry = (_: unknown, i: number): InFlight => ({
					name: fact.name,
					what: `GET /${i}`,
					ageMs: clock.now() - acceptedAt,
				});
				return Array.from({ length: requests }, entry);
			},
			drain: () =>
				new Promise<void>((resolve, reject) => {
					release = resolve;
					Promise.resolve(this.#begin(fact, { end, adds: [] })).then(() => resolve(), reject);
				}),
			hardStop: () => {
				fact.dropped = true;
				release();
			},
		};
		this.state.servers.push(server);
	}

	#addTask(step: Step): void {
		const fact = this.#fact("task", this.tasks);
		try {
			this.service.task(fact.name, () => this.#begin(fact, step));
		} catch (error) {
			assert.ok(error instanceof StoppedError);
			assert.ok(["closing", "closed"].includes(this.service.phase), "a task was refused too early");
			assert.equal(fact.begun, 0, "a task that was refused was begun");
			this.tasks.splice(this.tasks.indexOf(fact), 1);
		}
	}

	#addCloser(step: Step): void {
		const tooLate = this.service.phase === "closed";
		const fact = this.#fact("closer", this.closers, 0, tooLate);
		if (!tooLate) this.#acquired.push(fact);
		const close = (): unknown => {
			if (!tooLate) this.#checkBegin(fact);
			return this.#begin(fact, step);
		};
		if (tooLate) assert.throws(() => this.service.defer(fact.name, close), StoppedError);
		else this.service.defer(fact.name, close);
	}

	/** What must be true when a closer begins. */
	#checkBegin(fact: Fact): void {
		const { deadline, hardStopSignal } = this.state;
		if (!hardStopSignal.aborted) {
			for (const { name, begun, endedAt } of this.tasks) {
				assert.ok(begun === 0 || endedAt !== undefined, `${fact.name} was closed under ${name}`);
			}
			for (const { name, endedAt } of this.drains) {
				assert.ok(endedAt !== undefined, `${fact.name} was closed under ${name}`);
			}
		}
		this.checkShare();
		fact.shareMs = (deadline?.leftMs ?? 0) / this.#acquired.length;
		assert.equal(this.#acquired.pop(), fact, "not closed in reverse order");
		this.order.push(fact);
	}

	/** The closer that began last has had its share, or has ended, or time was cut. */
	checkShare(): void {
		const last = this.order.at(-1);
		if (last?.begunAt === undefined || last.endedAt !== undefined || this.hurriedAt !== undefined) return;
		const waitedMs = this.clock.now() - last.begunAt;
		assert.ok(waitedMs >= last.shareMs - ROUNDING_MS, `${last.name} had ${waitedMs} of ${last.shareMs} ms`);
	}

	#fact(what: string, list: Fact[], requests = 0, tooLate = false): Fact {
		const fact: Fact = {
			name: `${what} ${++this.#count}`,
			tooLate,
			begunAt: undefined,
			begun: 0,
			endedAt: undefined,
			inTime: false,
			failure: undefined,
			shareMs: 0,
			requests,
			dropped: false,
		};
		if (what === "main") Object.assign(fact, { name: "main" });
		list.push(fact);
		return fact;
	}

	#begin(fact: Fact, { end, adds }: Step): unknown {
		fact.begun++;
		fact.begunAt = this.clock.now();
		for (const addition of adds) this.#add(addition);
		return this.#end(fact, end);
	}

	#add({ after, what, step }: Addition): void {
		const add = (): void => (what === "closer" ? this.#addCloser(step) : this.#addTask(step));
		if (after === 0) add();
		else this.#later(after, add);
	}

	#end(fact: Fact, end: End): unknown {
		const ended = (): void => {
			fact.endedAt = this.clock.now();
			fact.inTime = this.told("closed").length === 0;
		};
		const fail = (): Error => {
			ended();
			const error = new Error(`${fact.name} failed`);
			if (!fact.dropped) fact.failure = { error };
			return error;
		};
		switch (end.kind) {
			case "returns":
				return ended();
			case "throws":
				throw fail();
			case "hangs":
				return hang();
			case "resolves":
				if (end.after === 0) return Promise.resolve().then(ended);
				return new Promise<void>((resolve) => this.#later(end.after, () => resolve(ended())));
			case "rejects":
				if (end.after === 0) return Promise.reject(fail());
				return new Promise<void>((_, reject) => this.#later(end.after, () => reject(fail())));
			case "obeys":
				return this.#obey(ended);
		}
	}

	#obey(ended: () => void): unknown {
		const { signal } = this.service;
		const obey = (): never => {
			ended();
			throw signal.reason;
		};
		if (signal.aborted) obey();
		return new Promise((resolve) => signal.addEventListener("abort", resolve)).then(obey);
	}

	#later(part: number, callback: () => void): void {
		this.clock.after(part * this.gracePeriodMs, callback);
	}

	#happen(what: Scenario["later"][number]["what"]): void {
		const isClosed = this.service.phase === "closed";
		if (what === "stop") {
			void this.service.stop("again");
		} else if (what === "second signal") {
			this.hurriedAt ??= this.clock.now();
			void this.state.stopNow(SIGINT);
		} else {
			const error = new Error("uncaught");
			if (!isClosed) this.uncaught.push(error);
			void this.state.stop({ kind: "uncaught", error });
		}
	}
}

const BOOM = new Error("boom");
const STOPS = {
	signal: SIGTERM,
	call: { kind: "call", why: "enough" },
	failure: { kind: "uncaught", error: BOOM },
} as const;

/** Instants are sums of fractions. */
export const ROUNDING_MS = 1e-6;

export function assertClose(actual: number, expected: number, what: string): void {
	assert.ok(Math.abs(actual - expected) <= ROUNDING_MS, `${what}: ${actual}, expected ${expected}`);
}
