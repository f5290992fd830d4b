import { attempt } from "./attempt.ts";
import type { Clock } from "./clock.ts";
import { Closers } from "./closers.ts";
import { Deadline } from "./deadline.ts";
import type { Drainable, EndedEarly, InFlight } from "./drainable.ts";
import type { ServiceEvent } from "./events.ts";
import { Lifecycle } from "./phase.ts";
import type { HardStop, ShutdownReport } from "./report.ts";
import { ServerList } from "./server-list.ts";
import { withShortNames } from "./short-names.ts";
import type { Siblings } from "./siblings.ts";
import type { Snapshot } from "./snapshot.ts";
import { type Failure, failureOf, type StopReason } from "./stop-reason.ts";
import { decideSignalEffect, type SignalEffect, type SignalReason } from "./stop-signal.ts";
import { StoppedError } from "./stopped-error.ts";
import { Tasks } from "./tasks.ts";
import type { Times } from "./time-options.ts";
import type { Warning } from "./warning.ts";

/** What happens from a stop reason to the report: `shutDown`. */
type Sequence = (service: ServiceState, reason: StopReason, deadline: Deadline) => Promise<ShutdownReport>;

/** What a service holds and what can happen to it; the sequence itself is in `shutdown.ts`. */
export class ServiceState {
	readonly options: Times;
	readonly clock: Clock;
	/** As `Math.random`. */
	readonly random: () => number;
	readonly lifecycle: Lifecycle;
	readonly tasks: Tasks;
	readonly closers: Closers;
	readonly servers: ServerList = new ServerList();
	/** Sets of what was registered one by one and drains as servers do. Nobody has named the sets, so nobody is told of them. */
	readonly sets: Drainable[] = [];
	readonly errors: Failure[] = [];
	/** The other workers of the cluster, if this is one of its workers. */
	siblings: Siblings | undefined;
	/** Whoever hosts the service may want another exit code than that of the report that it is given. */
	exitCodeFor: (report: ShutdownReport) => number = ({ exitCode }) => exitCode;
	/** What the drain ended before it was finished. */
	readonly endedEarly: EndedEarly[] = [];
	/** Resolves when the service is closed. */
	readonly closed: Promise<ShutdownReport>;
	readonly #observer: (event: ServiceEvent) => void;
	readonly #shutDown: Sequence;
	readonly #stopping = new AbortController();
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
		// One that ends after the end is left, and in the report as such.
		const tellInTime = (event: ServiceEvent): void => void (this.lifecycle.isBefore("closed") && this.tell(event));
		this.closers = new Closers(clock, tellInTime, (failure) => this.failed(failure));
		this.#observer = observer;
		this.#shutDown = shutDown;
		this.closed = new Promise((resolve) => {
			this.#resolveClosed = resolve;
		});
	}

	/** Aborts when draining begins. */
	get drainSignal(): AbortSignal {
		return this.#stopping.signal;
	}

	/** Aborts at the hard stop. */
	get hardStopSignal(): AbortSignal {
		return this.#hardStop.signal;
	}

	/** What began the shutdown, once something has. */
	get reason(): StopReason | undefined {
		return this.#stop?.reason;
	}

	/** The instant by which it all ends, once a shutdown has begun. */
	get deadline(): Deadline | undefined {
		return this.#stop?.deadline;
	}

	/** That work was dropped, once it was. */
	get hardStopped(): HardStop | undefined {
		return this.#hardStopped;
	}

	/** Everything in flight, oldest first. */
	inFlight(): InFlight[] {
		const all = [...this.servers, ...this.sets, this.tasks, this.closers].flatMap((part) => part.inFlight());
		return all.map(withShortNames).sort((a, b) => b.ageMs - a.ageMs);
	}

	/** Reports whether new work may be sent here. */
	get ready(): boolean {
		return this.lifecycle.phase === "running" && this.reason === undefined;
	}

	snapshot(): Snapshot {
		const { ready, reason, lifecycle } = this;
		const { phase } = lifecycle;
		const started = lifecycle.wasEntered("running");
		return { phase, ready, started, reason, leftMs: this.deadline?.leftMs, inFlight: this.inFlight() };
	}

	/** Begins the shutdown. The first reason wins; a later one only leaves its error, if it is one. */
	stop(reason: StopReason): Promise<ShutdownReport> {
		const failure = failureOf(reason);
		if (this.#stop === undefined) {
			const { gracePeriodMs: ordinary, crashGracePeriodMs } = this.options;
			const gracePeriodMs = reason.kind === "uncaught" ? crashGracePeriodMs : ordinary;
			const deadline = new Deadline(this.clock, gracePeriodMs);
			this.#stop = { reason, deadline };
			if (failure !== undefined) this.errors.push(failure);
			this.tell({ type: "stopping", reason, gracePeriodMs });
			void this.#shutDown(this, reason, deadline).then(this.#resolveClosed);
		} else if (failure !== undefined) {
			this.failed(failure);
		}
		return this.closed;
	}

	/** Brings the deadline forward to now, because of `reason`. */
	stopNow(reason: StopReason): Promise<ShutdownReport> {
		if (this.#hardStopped === undefined) this.#hardStopCause = reason;
		const closed = this.stop(reason);
		this.#stop?.deadline.bringForward();
		return closed;
	}

	/** Does what a signal does, and returns what that was. */
	hearSignal(reason: SignalReason): SignalEffect {
		const effect = decideSignalEffect(reason, this.deadline?.elapsedMs);
		if (effect === "stop") void this.stop(reason);
		if (effect === "hard-stop") void this.stopNow(reason);
		if (effect === "repeated" && this.lifecycle.isBefore("closed")) {
			this.tell({ type: "signal-repeated", signal: reason.signal, leftMs: this.deadline?.leftMs ?? 0 });
		}
		return effect;
	}

	/** The sequence tells the program that draining has begun. */
	beginStop(reason: StopReason): void {
		this.#stopping.abort(new StoppedError(reason));
	}

	/** The sequence drops what is `left`: at the end of the drain, or else at the end of closing. */
	hardStop(left: readonly InFlight[]): void {
		if (this.#stop === undefined || this.#hardStopped !== undefined) return;
		const { reason, deadline } = this.#stop;
		this.#hardStopped = { cause: this.#hardStopCause, atMs: deadline.elapsedMs };
		this.tell({ type: "hard-stop", hardStop: this.#hardStopped, left });
		this.#hardStop.abort(new StoppedError(reason, "out of time"));
		for (const part of [...this.servers, ...this.sets]) {
			attempt(part.name, this.failed, () => part.cut(this.failed));
		}
	}

	/** @throws {StoppedError} saying `what` became of a call, where that came too late */
	refuseIf(tooLate: boolean, what: string): void {
		if (tooLate && this.#stop !== undefined) throw new StoppedError(this.#stop.reason, what);
	}

	/** Keeps a failure for the report and tells of it. */
	readonly failed = (failure: Failure): void => {
		this.errors.push(failure);
		this.tell({ type: "failed", failure });
	};

	readonly warn = (warning: Warning): void => this.tell({ type: "warning", warning });

	readonly tell = (event: ServiceEvent): void => {
		try {
			this.#observer(event);
		} catch {
			// An observer is a guest: the shutdown goes on without it.
		}
	};
}
