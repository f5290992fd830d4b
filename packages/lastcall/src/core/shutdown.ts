import type { Deadline } from "./deadline.ts";
import type { DrainOptions, InFlight } from "./drainable.ts";
import { Drains } from "./drains.ts";
import { exitCodeOf, type HardStop, type ShutdownReport } from "./report.ts";
import type { ServiceState } from "./service-state.ts";
import { withShortNames } from "./short-names.ts";
import type { Siblings } from "./siblings.ts";
import { Spread } from "./spread.ts";
import { failureOf, type StopReason } from "./stop-reason.ts";
import { DEFAULTS, type Times } from "./time-options.ts";

/**
 * The whole shutdown, as the timeline in ARCHITECTURE.md draws it. Never rejects: what goes wrong is in the report, and
 * the next step is taken all the same.
 */
export async function shutDown(service: ServiceState, reason: StopReason, deadline: Deadline): Promise<ShutdownReport> {
	const { lifecycle, options, tell } = service;
	for (const part of [...service.servers, ...service.sets]) part.stopping?.(service.warn);

	// Lame duck: serve as before until those who choose have learned not to choose us. Nobody chooses a service that
	// has not started, and one that failed should not be chosen for longer than need be.
	if (options.lameDuckMs > 0 && lifecycle.phase === "running" && failureOf(reason) === undefined) {
		lifecycle.enter("lame-duck");
		tell({ type: "lame-duck", lameDuckMs: options.lameDuckMs });
		await deadline.race(new Promise(() => {}), options.lameDuckMs);
	}

	// Draining: nothing new is accepted, and what was accepted is finished, all kinds side by side.
	lifecycle.enter("draining");
	tell({ type: "draining", inFlight: service.inFlight() });
	const how = drainOptionsFor(service, reason, deadline);
	service.beginStop(reason);
	const stopTelling = tellWhatIsLeft(service, deadline);
	const drains = new Drains(service, how);
	let inTime = true;
	// What it looks at last is in the same turn as what follows: a task that is begun meanwhile is waited for, or refused.
	while (inTime && !drains.areOver) {
		inTime = await deadline.race(drains.progress(), deadline.leftMs - closeReserveOf(service, deadline));
		if (inTime) await drains.settle();
	}
	stopTelling();

	// Hard stop: the rest of the time belongs to the resources, so that the database still closes cleanly.
	const dropped = service.inFlight();
	if (!inTime || dropped.length > 0 || deadline.isHurried) service.hardStop(dropped);
	drains.release();

	// Closing: everything that was acquired, the newest first.
	lifecycle.enter("closing");
	if (service.closers.size > 0) tell({ type: "closing", resources: service.closers.size });
	do await service.closers.closeAll(deadline);
	while (service.closers.size > 0);
	const unclosed = service.closers.inFlight().map(withShortNames);
	if (unclosed.length > 0 && service.hardStopped !== undefined) tell({ type: "left", left: unclosed });
	if (unclosed.length > 0 || deadline.isHurried) service.hardStop(unclosed);
	service.closers.cut();

	lifecycle.enter("closed");
	const report = withHostsCode(service, reportOf(service, reason, deadline, [...dropped, ...unclosed]));
	tell({ type: "closed", report });
	return report;
}

function drainOptionsFor(service: ServiceState, reason: StopReason, deadline: Deadline): DrainOptions {
	const { options, random, siblings } = service;
	const lingerMs = lingerFor(service, reason, deadline);
	// The last client to be told must still have the time to finish.
	const leftMs = deadline.leftMs - closeReserveOf(service, deadline);
	const wantedMs = options.spreadMs === undefined ? lingerMs : inProportion(options.spreadMs, options, deadline);
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

/** Resolves when the listeners of all siblings are closed: what is released before comes back to one that is closing. */
async function closedTogether(
	siblings: Siblings,
	closed: Promise<unknown>,
	deadline: Deadline,
	longestMs: number,
): Promise<void> {
	const mustHaveMs = deadline.leftMs - longestMs;
	siblings.emptying();
	await closed;
	await siblings.allClosed(Math.max(0, deadline.leftMs - mustHaveMs));
}

function lingerFor({ options, servers, sets }: ServiceState, reason: StopReason, deadline: Deadline): number {
	if (options.lingerMs !== undefined) return inProportion(options.lingerMs, options, deadline);
	// Who presses Ctrl+C is the only client, and is not asking anything.
	const alone =
		reason.kind === "signal" &&
		reason.interactive &&
		[...servers, ...sets].every((part) => part.inFlight().length === 0);
	return alone ? 0 : DEFAULTS.lingerMs(deadline.gracePeriodMs);
}

function closeReserveOf({ options, closers }: ServiceState, deadline: Deadline): number {
	if (options.closeReserveMs !== undefined) return inProportion(options.closeReserveMs, options, deadline);
	return closers.size > 0 ? DEFAULTS.closeReserveMs(deadline.gracePeriodMs) : 0;
}

/** A part of the ordinary grace period, in the one there is: after a crash it is shorter. */
function inProportion(ms: number, { gracePeriodMs }: Times, deadline: Deadline): number {
	return ms * (deadline.gracePeriodMs / gracePeriodMs);
}

/** Tells what is being waited for after 1 s, 3 s, 7 s, …: soon at first, and few times however long the grace period. */
function tellWhatIsLeft(service: ServiceState, deadline: Deadline): () => void {
	let cancel = (): void => {};
	const tellAfter = (ms: number): void => {
		cancel = service.clock.after(ms, () => {
			const inFlight = service.inFlight();
			service.tell({ type: "waiting", inFlight, leftMs: deadline.leftMs });
			tellAfter(ms * 2);
		});
	};
	tellAfter(1_000);
	return () => cancel();
}

function reportOf(
	service: ServiceState,
	reason: StopReason,
	deadline: Deadline,
	left: readonly InFlight[],
): ShutdownReport {
	const hardStop: HardStop | undefined = service.hardStopped;
	const { errors, endedEarly } = service;
	const ok = errors.length === 0 && left.length === 0 && endedEarly.every(({ why }) => why !== "out-of-time");
	return {
		reason,
		ok,
		exitCode: exitCodeOf({ hardStop, ok }),
		durationMs: deadline.elapsedMs,
		phases: service.lifecycle.since(deadline.startedAt),
		hardStop,
		left,
		endedEarly: [...endedEarly],
		closers: service.closers.results(),
		errors: [...errors],
	};
}

/** The report with the exit code that the host of the service gives it. */
function withHostsCode(service: ServiceState, report: ShutdownReport): ShutdownReport {
	try {
		return { ...report, exitCode: service.exitCodeFor(report) };
	} catch (error) {
		service.failed({ name: "exitCode", error });
		return { ...report, ok: false, exitCode: Math.max(1, report.exitCode), errors: [...service.errors] };
	}
}
