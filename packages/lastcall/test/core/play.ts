import assert from "node:assert/strict";
import { type Group, type InFlight, type ShutdownReport, StoppedError } from "lastcall";
import type { Drainable } from "#src/core/drainable.js";
import { afterMicrotasks, hang } from "../support/deferred.ts";
import { SIGINT, SIGTERM } from "../support/stop-reasons.ts";
import { WatchedService } from "../support/watched-service.ts";
import { after, longestChain, type Place, type Started } from "./model-order.ts";
import type { Addition, End, Part, Scenario, Step } from "./scenario.ts";

/** What really happened to a closer, a task, a unit, `main` or a server, to compare the report with. */
export interface Fact {
	readonly name: string;
	/** Where it was registered. */
	readonly home: Home;
	/** For a closer: its place in the order of everything that was started, and since when. */
	readonly place: Place;
	readonly acquiredAt: number;
	/** True for a closer that came when all was closed: the report does not know it. */
	readonly tooLate: boolean;
	begunAt: number | undefined;
	begun: number;
	endedAt: number | undefined;
	/** True if it ended before the service was closed. */
	inTime: boolean;
	failure: { readonly error: unknown } | undefined;
	/** For a closer: the time that was left when it began, divided by the longest chain of closers to come. */
	shareMs: number;
	/** For a server: what it had accepted, and whether it was hard-stopped, after which it can't fail any more. */
	readonly requests: number;
	dropped: boolean;
}

/** A group, or the service. */
interface Home {
	readonly group: Group;
	readonly prefix: string;
	readonly place: Place;
}

/** A scenario on a service with a fake clock, and everything that can be seen of it from outside. */
export class Play extends WatchedService {
	readonly scenario: Scenario;
	readonly gracePeriodMs: number;
	readonly closers: Fact[] = [];
	readonly tasks: Fact[] = [];
	readonly drains: Fact[] = [];
	/** What fetches work, apart from what was registered from closing on. Each is one of `tasks` too, while it stops. */
	readonly intakes: Fact[] = [];
	/** Intakes that were registered from closing on. */
	readonly lateIntakes: Fact[] = [];
	/** Errors from elsewhere: uncaught ones. */
	readonly uncaught: unknown[] = [];
	/** Units that another unit followed in the same turn, when closing had begun already. */
	readonly overtaken: string[] = [];
	/** The closers in the order in which they began, without those that were acquired too late. */
	readonly order: Fact[] = [];
	/** When the deadline was first brought forward. */
	hurriedAt: number | undefined;
	/** What was acquired and whose closing has not begun, the newest last. */
	readonly #acquired: Fact[] = [];
	readonly #service: Home;
	#count = 0;
	/** How many things have been started: the place of the next one in the order. */
	#started = 0;

	constructor(scenario: Scenario) {
		super(scenario.times);
		this.#service = { group: this.service, prefix: "", place: [] };
		this.scenario = scenario;
		this.gracePeriodMs = scenario.times.gracePeriodMs;
	}

	/** Plays the scenario until long after the deadline; resolves to the report. */
	async run(): Promise<ShutdownReport> {
		const { clock, service, state, scenario } = this;
		let report: ShutdownReport | undefined;
		let closedAt = 0;
		void service.closed.then((given) => {
			report = given;
			closedAt = clock.now();
		});
		void this.#startAll(scenario.parts, this.#service);
		for (const server of scenario.servers) this.#addServer(server);
		await this.#start();
		for (const { at, step } of scenario.tasks) if (at < 0) this.#addTask(step, this.#service);
		for (const { at, stays, next } of scenario.units) if (at < 0) this.#enter(stays, next);
		for (const { at, step } of scenario.intakes) if (at < 0) this.#addIntake(step);
		for (const { pause, end } of scenario.repeated) this.#repeat(pause, end);
		await clock.advance(1 + scenario.upFor * this.gracePeriodMs);

		const isClosed = service.phase === "closed";
		void state.stop(STOPS[scenario.stop]);
		if (scenario.stop === "failure" && !isClosed) this.uncaught.push(BOOM);
		for (const { at, step } of scenario.tasks) if (at >= 0) this.#later(at, () => this.#addTask(step, this.#service));
		for (const { at, stays, next } of scenario.units) if (at >= 0) this.#later(at, () => this.#enter(stays, next));
		for (const { at, step } of scenario.intakes) if (at >= 0) this.#later(at, () => this.#addIntake(step));
		for (const { at, what } of scenario.later) this.#later(at, () => this.#happen(what));
		const deadline = state.deadline ?? assert.fail("not stopped");
		await clock.advance(this.gracePeriodMs + ROUNDING_MS);
		assert.ok(report !== undefined, "not closed at the deadline");
		assert.ok(closedAt <= deadline.startedAt + this.budgetMs + ROUNDING_MS, "closed after the deadline");
		assertClose(report.durationMs, closedAt - deadline.startedAt, "the report's duration");
		await clock.advance(10 * this.gracePeriodMs);
		return report;
	}

	/** The real grace period, from the stop reason on: shorter after a crash. */
	get budgetMs(): number {
		return this.#budgetOf(this.gracePeriodMs);
	}

	/** How much of it is kept for closing, if there is something to close. */
	get closeReserveMs(): number {
		const { closeReserveMs = this.gracePeriodMs / 5 } = this.scenario.times;
		return this.#budgetOf(closeReserveMs);
	}

	#budgetOf(ms: number): number {
		return this.state.reason?.kind === "uncaught" ? ms / 4 : ms;
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
		const fact = this.#fact("server", this.drains, { requests });
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
			cut: () => {
				fact.dropped = true;
				release();
			},
		};
		this.state.servers.add(server);
	}

	/** Starts `parts` as a program does: one after the other, or side by side where one is not awaited. */
	async #startAll(parts: readonly Part[], home: Home): Promise<void> {
		for (const part of parts) {
			if (part.kind === "closer") {
				this.#addCloser(part.step, home);
				continue;
			}
			const started = this.#startGroup(part, home);
			if (part.awaited) await started;
		}
	}

	async #startGroup({ parts, takes, fails }: Extract<Part, { kind: "group" }>, home: Home): Promise<void> {
		const isRefused = this.state.reason !== undefined;
		const fact = this.#fact("group", this.tasks, { home });
		const span: Started = { from: ++this.#started, to: undefined };
		const place = [...openPlace(home.place), span];
		try {
			await home.group.group(ownName(fact), async (group) => {
				fact.begun++;
				fact.begunAt = this.clock.now();
				await this.#startAll(parts, { group, prefix: `${fact.name}/`, place });
				// Each group ends in a turn of the loop of its own.
				await this.clock.wait(takes * this.gracePeriodMs);
				if (fails) throw new Error("a group fails");
			});
		} catch (error) {
			assert.equal(error instanceof StoppedError, isRefused);
		}
		assert.equal(fact.begun, isRefused ? 0 : 1);
		span.to = ++this.#started;
		this.#hasEnded(fact);
	}

	#addTask(step: Step, home: Home): void {
		const fact = this.#fact("task", this.tasks, { home });
		this.#unlessRefused(fact, () => home.group.task(ownName(fact), () => this.#begin(fact, step)));
	}

	#addIntake(step: Step): void {
		const { phase } = this.service;
		const isTooLate = ["closing", "closed"].includes(phase);
		const fact = this.#fact("intake", isTooLate ? this.lateIntakes : this.intakes);
		const stop = (): unknown => {
			if (!isTooLate) this.tasks.push(fact);
			return this.#begin(fact, step);
		};
		const add = (): void => void this.service.intake(fact.name, {}, stop);
		if (isTooLate) assert.throws(add, StoppedError);
		else add();
		assert.equal(fact.begun, isTooLate || phase === "draining" ? 1 : 0, `${fact.name} in ${phase}`);
	}

	#enter(stays: number | undefined, next: number | undefined): void {
		const fact = this.#fact("unit", this.tasks);
		this.#unlessRefused(fact, () => {
			const done = this.service.enter(fact.name);
			this.#begin(fact, { end: { kind: "hangs" }, adds: [] });
			if (stays === undefined) return;
			this.#later(stays, () => {
				// Work that comes in the turn in which the drain ends is still in time.
				const isInTime = ["running", "lame-duck", "draining"].includes(this.service.phase);
				this.#hasEnded(fact);
				done();
				done();
				if (next === undefined) return;
				afterMicrotasks(next, () => {
					const isDropped = this.service.hardStopSignal.aborted || this.hurriedAt !== undefined;
					if (isInTime && !isDropped && this.service.phase === "closing") this.overtaken.push(fact.name);
					this.#enter(0.01, undefined);
				});
			});
		});
	}

	#repeat(pause: number, end: End): void {
		const runs: Fact[] = [];
		const name = `repeated ${++this.#count}`;
		const ms = 1 + pause * this.gracePeriodMs;
		let since = this.clock.now();
		const run = (): unknown => {
			assert.ok(!this.service.drainSignal.aborted, `${name} began after the stop`);
			const last = runs.at(-1);
			assert.ok(last === undefined || last.endedAt !== undefined, `${name} overlaps itself`);
			assert.ok(last?.failure === undefined, `${name} was repeated after it had failed`);
			assertClose(this.clock.now() - (last?.endedAt ?? since), ms, `the pause of ${name}`);
			const fact = this.#fact(name, this.tasks, { name });
			runs.push(fact);
			return this.#begin(fact, { end, adds: [] });
		};
		if (this.service.drainSignal.aborted) assert.throws(() => this.service.every(name, ms, run), StoppedError);
		else this.service.every(name, ms, run);
		since = this.clock.now();
	}

	/** Work that comes too late is not begun. */
	#unlessRefused(fact: Fact, add: () => void): void {
		try {
			add();
		} catch (error) {
			assert.ok(error instanceof StoppedError);
			assert.ok(["closing", "closed"].includes(this.service.phase), `${fact.name} was refused too early`);
			assert.equal(fact.begun, 0, `${fact.name} was refused and begun`);
			this.tasks.splice(this.tasks.indexOf(fact), 1);
		}
	}

	#addCloser(step: Step, home: Home): void {
		const tooLate = this.service.phase === "closed";
		const at = ++this.#started;
		const place = [...openPlace(home.place), { from: at, to: at }];
		const fact = this.#fact("closer", this.closers, { home, place, tooLate });
		if (!tooLate) this.#acquired.push(fact);
		const close = (): unknown => {
			if (!tooLate) this.#checkBegin(fact);
			return this.#begin(fact, step);
		};
		const defer = (): void => home.group.defer(ownName(fact), close);
		if (tooLate) assert.throws(defer, StoppedError);
		else defer();
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
		this.#acquired.splice(this.#acquired.indexOf(fact), 1);
		for (const { name, place } of this.#acquired) {
			assert.ok(!after(place, fact.place), `${fact.name} was closed before ${name}, which may need it`);
		}
		for (const other of this.order) if (areOrdered(other, fact)) this.#checkShare(other);
		const waiting = this.#acquired.map(({ place }) => place);
		fact.shareMs = (deadline?.leftMs ?? 0) / longestChain(fact.place, waiting);
		this.order.push(fact);
	}

	/** True if a closer has had its share, has ended, or time was cut. */
	#checkShare({ name, begunAt, endedAt, shareMs }: Fact): void {
		if (begunAt === undefined || endedAt !== undefined || this.hurriedAt !== undefined) return;
		const waitedMs = this.clock.now() - begunAt;
		assert.ok(waitedMs >= shareMs - ROUNDING_MS, `${name} had ${waitedMs} of ${shareMs} ms`);
	}

	#fact(what: string, list: Fact[], given: Partial<Fact> = {}): Fact {
		const home = given.home ?? this.#service;
		const fact: Fact = {
			name: what === "main" ? what : `${home.prefix}${what} ${++this.#count}`,
			home,
			place: [],
			acquiredAt: this.clock.now(),
			tooLate: false,
			begunAt: undefined,
			begun: 0,
			endedAt: undefined,
			inTime: false,
			failure: undefined,
			shareMs: 0,
			requests: 0,
			dropped: false,
			...given,
		};
		list.push(fact);
		return fact;
	}

	#begin(fact: Fact, { end, adds }: Step): unknown {
		fact.begun++;
		fact.begunAt = this.clock.now();
		for (const addition of adds) this.#add(addition, fact.home);
		return this.#end(fact, end);
	}

	#add({ after, what, outside, step }: Addition, inside: Home): void {
		const home = outside ? this.#service : inside;
		const add = (): void => (what === "closer" ? this.#addCloser(step, home) : this.#addTask(step, home));
		if (after === 0) add();
		else this.#later(after, add);
	}

	#end(fact: Fact, end: End): unknown {
		const ended = (): void => this.#hasEnded(fact);
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

	#hasEnded(fact: Fact): void {
		fact.endedAt = this.clock.now();
		fact.inTime = this.emitted("closed").length === 0;
	}

	#obey(ended: () => void): unknown {
		const { drainSignal } = this.service;
		const obey = (): never => {
			ended();
			throw drainSignal.reason;
		};
		if (drainSignal.aborted) obey();
		return new Promise((resolve) => drainSignal.addEventListener("abort", resolve)).then(obey);
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

/** The name of a fact where it is registered. */
function ownName({ name, home }: Fact): string {
	return name.slice(home.prefix.length);
}

/** A group that has been started takes nothing more: what is registered with it belongs to the enclosing group. */
function openPlace(place: Place): Place {
	const closed = place.findIndex(({ to }) => to !== undefined);
	return closed === -1 ? place : place.slice(0, closed);
}

/** Returns true if two closers are closed one after the other, in either order. */
export function areOrdered(one: Fact, other: Fact): boolean {
	return after(one.place, other.place) || after(other.place, one.place);
}

/** Tolerance: instants are sums of fractions. */
export const ROUNDING_MS = 1e-6;

export function assertClose(actual: number, expected: number, what: string): void {
	assert.ok(Math.abs(actual - expected) <= ROUNDING_MS, `${what}: ${actual}, expected ${expected}`);
}
