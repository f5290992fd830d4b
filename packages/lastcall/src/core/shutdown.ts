import type { Deadline } from "./deadline.ts";
import type { DrainOptions, InFlight } from "./drainable.ts";
import { Drains } from "./drains.ts";
import { decideExitCode } from "./exit-code.ts";
import { stopIntakes } from "./intake.ts";
import type { ShutdownReport } from "./report.ts";
import type { ServiceState } from "./service-state.ts";
import { withShortNames } from "./short-names.ts";
import type { Siblings } from "./siblings.ts";
import { Spread } from "./spread.ts";
import { type StopReason, toFailure } from "./stop-reason.ts";
import { DEFAULTS, DEVELOPMENT_LINGER_MS, type Times } from "./time-options.ts";
import { warnOfUnusedServers } from "./unused-servers.ts";

/**
 * The whole shutdown, as the timeline in ARCHITECTURE.md draws it. Never rejects: a failure goes into the report, and the
 * next step is taken all the same.
 */
export async function shutDown(service: ServiceState, reason: StopReason, deadline: Deadline): Promise<ShutdownReport> {
	const { lifecycle, options, emit } = service;
	for (const part of service.drainables) part.stopping?.(service.warn);
	if (lifecycle.phase === "running") warnOfUnusedServers(service.drainables, reason, service.warn);

	// Lame duck: keep serving while load balancers notice that this service is not ready. A service that has not started was
	// never ready, and one that has failed should not serve for longer than necessary.
	const isInUse = options.lameDuckMs > 0 && !isOnlyDeveloper(reason);
	if (isInUse && lifecycle.phase === "running" && toFailure(reason) === undefined) {
		lifecycle.enter("lame-duck");
		emit({ type: "lame-duck", lameDuckMs: options.lameDuckMs });
		await deadline.race(new Promise(() => {}), options.lameDuckMs);
	}

	// Draining: accept nothing new and finish what was accepted, all kinds side by side. What fetches work stops first.
	lifecycle.enter("draining");
	stopIntakes(service);
	const drainOptions = chooseDrainOptions(service, reason, deadline);
	const { lingerMs } = drainOptions;
	emit({ type: "draining", inFlight: service.inFlight(), idleConnections: countIdle(service), lingerMs });
	service.abortDrainSignal(reason);
	const stopReporting = reportProgress(service, deadline);
	const drains = new Drains(service, drainOptions);
	let inTime = true;
	// The last look is in the same turn as what follows: a task that begins meanwhile is either waited for or refused.
	while (inTime && !drains.areOver) {
		inTime = await deadline.race(drains.progress(), deadline.leftMs - closeReserve(service, deadline));
		if (inTime) await drains.settle();
	}
	stopReporting();

	// Hard stop: the rest of the time belongs to the resources, so that the database still closes cleanly.
	const dropped = service.inFlight();
	if (!inTime || dropped.length > 0 || deadline.isHurried) service.hardStop(dropped);
	drains.release();

	// Closing: everything that was acquired, the newest first.
	lifecycle.enter("closing");
	if (service.closers.size > 0) emit({ type: "closing", resources: service.closers.size });
	do await service.closers.closeAll(deadline);
	while (service.closers.size > 0);
	const unclosed = service.closers.inFlight().map(withShortNames);
	if (unclosed.length > 0 && service.hardStopped !== undefined) emit({ type: "left", left: unclosed });
	if (unclosed.length > 0 || deadline.isHurried) service.hardStop(unclosed);
	service.closers.cut();

	for (const failure of service.failuresAtEnd()) service.addFailure(failure);
	lifecycle.enter("closed");
	const report = withExitCodeOfHost(service, createReport(service, reason, deadline, [...dropped, ...unclosed]));
	emit({ type: "closed", report });
	return report;
}

function chooseDrainOptions(service: ServiceState, reason: StopReason, deadline: Deadline): DrainOptions {
	const { options, random, siblings } = service;
	const isAlone = isOnlyDeveloper(reason);
	const lingerMs = Math.min(chooseLinger(service, deadline), isAlone ? DEVELOPMENT_LINGER_MS : Infinity);
	// The client that gets its closing message last must still have the time to finish.
	const leftMs = deadline.leftMs - closeReserve(service, deadline);
	const ownMs = options.spreadMs === undefined ? lingerMs : inProportion(options.spreadMs, options, deadline);
	const wantedMs = isAlone ? 0 : ownMs;
	const spreadMs = Math.max(0, Math.min(wantedMs, (leftMs - lingerMs) / 2));
	return {
		lingerMs,
		leftMs,
		siblings,
		spread: new Spread(spreadMs, random, (closed) => {
			return siblings && closedTogether(siblings, closed, deadline, leftMs / 2);
		}),
		onEndedEarly: (one) => void service.endedEarly.push(withShortNames(one)),
	};
}

/** Resolves when the listeners of all siblings are closed. A client that is released before that reconnects to one of them. */
async function closedTogether(
	siblings: Siblings,
	closed: Promise<unknown>,
	deadline: Deadline,
	longestMs: number,
): Promise<void> {
	const leastLeftMs = deadline.leftMs - longestMs;
	siblings.emptying();
	await closed;
	await siblings.allClosed(Math.max(0, deadline.leftMs - leastLeftMs));
}

/**
 * Returns true at a Ctrl+C in a terminal: all clients are the developer's. What is in flight is finished all the same, but
 * there are no load balancers to wait for, and no clients that pause. A SIGTERM at a terminal is different: servers run in tmux,
 * and containers with `tty: true`.
 */
function isOnlyDeveloper(reason: StopReason): boolean {
	return reason.kind === "signal" && reason.interactive;
}

function chooseLinger({ options }: ServiceState, deadline: Deadline): number {
	if (options.lingerMs !== undefined) return inProportion(options.lingerMs, options, deadline);
	return DEFAULTS.lingerMs(deadline.gracePeriodMs);
}

/** The time that is kept for closing. It is asked for again and again, as resources may be acquired while draining. */
function closeReserve({ options, closers }: ServiceState, deadline: Deadline): number {
	if (options.closeReserveMs !== undefined) return inProportion(options.closeReserveMs, options, deadline);
	return closers.size > 0 ? DEFAULTS.closeReserveMs(deadline.gracePeriodMs) : 0;
}

/** Returns a part of the ordinary grace period, scaled to the one of this shutdown: after a crash it is shorter. */
function inProportion(ms: number, { gracePeriodMs }: Times, deadline: Deadline): number {
	return ms * (deadline.gracePeriodMs / gracePeriodMs);
}

/** Emits what is being waited for after 1 s, 3 s, 7 s, …: early at first, and seldom however long the grace period is. */
function reportProgress(service: ServiceState, deadline: Deadline): () => void {
	let cancel = (): void => {};
	const reportAfter = (ms: number): void => {
		cancel = service.clock.after(ms, () => {
			const inFlight = service.inFlight();
			service.emit({ type: "waiting", inFlight, idleConnections: countIdle(service), leftMs: deadline.leftMs });
			reportAfter(ms * 2);
		});
	};
	reportAfter(1_000);
	return () => cancel();
}

/** Returns the number of connections that stay open for requests that may be on their way. */
function countIdle({ drainables }: ServiceState): number {
	return drainables.reduce((sum, part) => sum + (part.idleConnections?.() ?? 0), 0);
}

function createReport(
	service: ServiceState,
	reason: StopReason,
	deadline: Deadline,
	left: readonly InFlight[],
): ShutdownReport {
	const { errors, endedEarly, hardStopped: hardStop } = service;
	const ok = errors.length === 0 && left.length === 0 && endedEarly.every(({ why }) => why !== "out-of-time");
	return {
		reason,
		ok,
		exitCode: decideExitCode({ hardStop, ok }),
		durationMs: deadline.elapsedMs,
		phases: service.lifecycle.since(deadline.startedAt),
		hardStop,
		left,
		endedEarly: [...endedEarly],
		closers: service.closers.results(),
		errors: [...errors],
	};
}

/** Returns the report with the exit code that the host of the service wants. */
function withExitCodeOfHost(service: ServiceState, report: ShutdownReport): ShutdownReport {
	try {
		return { ...report, exitCode: service.exitCodeFor(report) };
	} catch (error) {
		service.addFailure({ name: "exitCode", error });
		return { ...report, ok: false, exitCode: Math.max(1, report.exitCode), errors: [...service.errors] };
	}
}
