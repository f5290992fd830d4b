import { attempt } from "./attempt.ts";
import type { Clock } from "./clock.ts";
import { Closers } from "./closers.ts";
import { Deadline } from "./deadline.ts";
import type { Drainable, EndedEarly, InFlight } from "./drainable.ts";
import type { ServiceEvent } from "./events.ts";
import { Lifecycle, type Phase } from "./phase.ts";
import type { HardStop, ShutdownReport } from "./report.ts";
import { ServerList } from "./server-list.ts";
import { withShortNames } from "./short-names.ts";
import type { Siblings } from "./siblings.ts";
import type { Snapshot } from "./snapshot.ts";
import { type Failure, type StopReason, toFailure } from "./stop-reason.ts";
import { decideSignalEffect, type SignalEffect, type SignalReason, STOP_SIGNALS } from "./stop-signal.ts";
import { StoppedError } from "./stopped-error.ts";
import { Tasks } from "./tasks.ts";
import type { Times } from "./time-options.ts";
import { tryGet } from "./try-get.ts";
import type { Warning } from "./warning.ts";

/** What happens from a stop reason to the report: `shutDown`. */
type Sequence = (service: ServiceState, reason: StopReason, deadline: Deadline) => Promise<ShutdownReport>;

/** What a service holds, and what can happen to it. The sequence of a shutdown is in `shutdown.ts`. */
export class ServiceState {
	readonly options: Times;
	readonly clock: Clock;
	readonly random: () => number;
	readonly lifecycle: Lifecycle;
	readonly tasks: Tasks;
	readonly closers: Closers;
	readonly servers: ServerList = new ServerList();
	/** What drains like a server and has no name of its own, such as all upgraded sockets. It emits no `drained`. */
	readonly unnamedDrainables: Drainable[] = [];
	/** What stops each part that fetches work. Called when draining begins. */
	readonly intakes: (() => void)[] = [];
	readonly errors: Failure[] = [];
	/** The signals that stop the program. */
	stopSignals: readonly string[] = STOP_SIGNALS;
	/** The other workers of the cluster, if this is one of its workers. */
	siblings: Siblings | undefined;
	/** Returns the exit code that the host of the service wants, instead of that of the report. */
	exitCodeFor: (report: ShutdownReport) => number = ({ exitCode }) => exitCode;
	/** Returns what the host of the service finds wrong when everything is closed. */
	failuresAtEnd: () => readonly Failure[] = () => [];
	/** What the drain ended before it was finished. */
	readonly endedEarly: EndedEarly[] = [];
	/** Resolves when the service is closed. */
	readonly closed: Promise<ShutdownReport>;
	readonly #observer: (event: ServiceEvent) => void;
	readonly #shutDown: Sequence;
	readonly #drain = new AbortController();
	readonly #hardStop = new AbortController();
	#resolveClosed!: (report: ShutdownReport) => void;
	#stop: { readonly reason: StopReason; readonly deadline: Deadline } | undefined;
	#hardStopCause: HardStop["cause"] = "deadline";
	#hardStopped: HardStop | undefined;

	constructor(
		options: Times,
		clock: Clock,
		observer: (event: ServiceEvent) => void,
		shutDown: Sequence,
		random: () => number = Math.random,
	) {
		this.options = options;
		this.clock = clock;
		this.random = random;
		this.lifecycle = new Lifecycle(clock);
		this.tasks = new Tasks(clock);
		this.closers = new Closers(clock, {
			// The report has a closer that ends after `closed` as left, so its end is no event.
			emit: (event) => void (this.lifecycle.isBefore("closed") && this.emit(event)),
			onFailure: (failure) => this.addFailure(failure),
		});
		this.#observer = observer;
		this.#shutDown = shutDown;
		this.closed = new Promise((resolve) => {
			this.#resolveClosed = resolve;
		});
	}

	/** Aborts when draining begins. */
	get drainSignal(): AbortSignal {
		return this.#drain.signal;
	}

	/** Aborts at the hard stop. */
	get hardStopSignal(): AbortSignal {
		return this.#hardStop.signal;
	}

	/** What began the shutdown, or `undefined` if nothing has. */
	get reason(): StopReason | undefined {
		return this.#stop?.reason;
	}

	/** The deadline of the shutdown, or `undefined` if none has begun. */
	get deadline(): Deadline | undefined {
		return this.#stop?.deadline;
	}

	/** The hard stop, or `undefined` if there was none. */
	get hardStopped(): HardStop | undefined {
		return this.#hardStopped;
	}

	/** All that drains, apart from the tasks. */
	get drainables(): Drainable[] {
		return [...this.servers, ...this.unnamedDrainables];
	}

	/** True if new work may be sent here. */
	get ready(): boolean {
		return this.lifecycle.phase === "running" && this.reason === undefined;
	}

	/** Returns everything in flight, the oldest first. */
	inFlight(): InFlight[] {
		const all = [...this.drainables, this.tasks, this.closers].flatMap((part) => part.inFlight());
		return all.map(withShortNames).sort((a, b) => b.ageMs - a.ageMs);
	}

	snapshot(): Snapshot {
		const { ready, reason, lifecycle } = this;
		const started = lifecycle.wasEntered("running");
		return { phase: lifecycle.phase, ready, started, reason, leftMs: this.deadline?.leftMs, inFlight: this.inFlight() };
	}

	/** Begins the shutdown. The first reason wins; if a later one is an error, that goes into the report. */
	stop(reason: StopReason): Promise<ShutdownReport> {
		const failure = toFailure(reason);
		if (this.#stop === undefined) {
			const { gracePeriodMs: ordinary, crashGracePeriodMs } = this.options;
			const gracePeriodMs = reason.kind === "uncaught" ? crashGracePeriodMs : ordinary;
			const deadline = new Deadline(this.clock, gracePeriodMs);
			this.#stop = { reason, deadline };
			if (failure !== undefined) this.errors.push(failure);
			this.emit({ type: "stopping", reason, gracePeriodMs });
			void this.#shutDown(this, reason, deadline).then(this.#resolveClosed);
		} else if (failure !== undefined) this.addFailure(failure);
		return this.closed;
	}

	/** Moves the deadline to now, because of `reason`. */
	stopNow(reason: StopReason): Promise<ShutdownReport> {
		if (this.#hardStopped === undefined) this.#hardStopCause = reason;
		const closed = this.stop(reason);
		this.#stop?.deadline.bringForward();
		return closed;
	}

	/** Does what a signal does, and returns what that was. */
	handleSignal(reason: SignalReason): SignalEffect {
		const effect = decideSignalEffect(reason, this.deadline?.elapsedMs);
		if (effect === "stop") void this.stop(reason);
		if (effect === "hard-stop") void this.stopNow(reason);
		if (effect === "repeated" && this.lifecycle.isBefore("closed"))
			this.emit({ type: "signal-repeated", signal: reason.signal, leftMs: this.deadline?.leftMs ?? 0 });
		return effect;
	}

	/** Called by the sequence when draining begins. */
	abortDrainSignal(reason: StopReason): void {
		this.#drain.abort(new StoppedError(reason));
	}

	/** Called by the sequence to drop what is `left`: at the end of the drain, or else at the end of closing. */
	hardStop(left: readonly InFlight[]): void {
		if (this.#stop === undefined || this.#hardStopped !== undefined) return;
		const { reason, deadline } = this.#stop;
		this.#hardStopped = { cause: this.#hardStopCause, atMs: deadline.elapsedMs };
		this.emit({ type: "hard-stop", hardStop: this.#hardStopped, left });
		this.#hardStop.abort(new StoppedError(reason, "out of time"));
		for (const part of this.drainables) attempt(part.name, this.addFailure, () => part.cut(this.addFailure));
	}

	/** @throws {StoppedError} with `outcome`, what became of the call, if the stop reason has come */
	throwIfStopping(outcome: string): void {
		if (this.#stop !== undefined) throw new StoppedError(this.#stop.reason, outcome);
	}

	/** @throws {StoppedError} with `outcome`, what became of the call, from the start of `phase` on */
	throwFrom(phase: Phase, outcome: string): void {
		if (!this.lifecycle.isBefore(phase)) this.throwIfStopping(outcome);
	}

	/** Adds a failure to the report, and emits it. */
	readonly addFailure = (failure: Failure): void => {
		this.errors.push(failure);
		this.emit({ type: "failed", failure });
	};

	readonly warn = (warning: Warning): void => this.emit({ type: "warning", warning });

	/** An observer must not be able to stop a shutdown. */
	readonly emit = (event: ServiceEvent): void => void tryGet(() => this.#observer(event));
}
