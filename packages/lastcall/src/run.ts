import { isMainThread } from "node:worker_threads";
import { checkBoolean, checkFunction, checkOptionNames } from "./core/check-options.ts";
import type { ShutdownReport } from "./core/report.ts";
import type { ServiceState } from "./core/service-state.ts";
import { exitCodeFor, raiseExitCode } from "./process/choose-exit-code.ts";
import { onEmptyLoop } from "./process/empty-loop.ts";
import { endAfterReport } from "./process/end-after-report.ts";
import { LEAST_FLUSH_MS } from "./process/end-process.ts";
import { type EnvironmentTimes, withEnvironment } from "./process/environment-times.ts";
import { exit } from "./process/exit.ts";
import { ForeignListeners } from "./process/foreign-listeners.ts";
import { checkLaunch, checkRestartSignal } from "./process/launch.ts";
import { beginRun, endRun } from "./process/run-count.ts";
import { checkSnapshotSignal, checkStopSignals, onStopSignals } from "./process/signals.ts";
import { systemClock } from "./process/system-clock.ts";
import { onUncaught } from "./process/uncaught.ts";
import { findWatchMode } from "./process/watch-mode.ts";
import { watchProcess } from "./process/watch-process.ts";
import { watchDeadline } from "./process/watchdog.ts";
import { createRootService } from "./service/create-root-service.ts";
import { blockedLoopLine, createObserver } from "./service/observer.ts";
import type { RunOptions } from "./service/run-options.ts";
import type { Service } from "./service/service.ts";
import { SERVICE_OPTIONS } from "./service/service-options.ts";
import { UnregisteredServers } from "./service/unregistered-servers.ts";

/**
 * Runs a program: calls `main` to start it, waits for a stop reason, shuts down, and ends the process with the exit code of the
 * report. Resolves to the report, and never rejects for what happens to the program.
 *
 * **Stop reasons.** The first one wins:
 *
 * - SIGINT, SIGTERM, SIGHUP, SIGBREAK on Windows, and the `extraStopSignals`;
 * - `options.signal` aborts, or `service.stop()` is called;
 * - `main`, a server, a task, a child process or a worker thread fails;
 * - an uncaught exception, or an unhandled rejection unless the program listens for `unhandledRejection`;
 * - the event loop runs empty;
 * - in a worker thread, a forked child or a cluster worker: the parent asks it to stop;
 * - PM2 sends its message `shutdown`;
 * - standard input ends, with `stopOnStdinEnd`.
 *
 * A stop while `main` is running waits for it, as for anything in flight, and then closes what it has acquired.
 *
 * **Signals:**
 *
 * | signal | effect |
 * | --- | --- |
 * | SIGINT, SIGTERM, SIGHUP as the first stop reason | the shutdown begins |
 * | any of them within 500 ms of the stop reason | none: it is part of the same stop |
 * | SIGINT later (Ctrl+C again) | hard stop, exit code 128 + n: 130 for SIGINT |
 * | SIGTERM, SIGHUP, `extraStopSignals` later | logged with the time left |
 * | SIGINT after everything is closed | the process ends at once |
 *
 * SIGBREAK is like SIGINT.
 *
 * **The end.** The process exits by itself if it has no open handles, and by `process.exit()` otherwise. It also ends where
 * that is not enough:
 *
 * - If the event loop is blocked, half a second after the deadline by SIGKILL. PID 1, which cannot kill itself, ends with exit
 *   code 1 if JavaScript blocks it.
 * - If `process.exit()` would wait for a stuck thread, by the deadline: with the exit code on Node.js 22.15 and later, and by
 *   SIGKILL before.
 *
 * If there are several runs in a process, the last one ends it, with the highest exit code. `process.exitCode` is kept if it is
 * higher than the report's. If the exit code is changed after the last line of the log, one more line says so.
 *
 * **Code after `await run()`** runs after a hard stop too, unless SIGKILL or `process.exit()` comes first. It may set
 * `process.exitCode`. It may await for 20 ms if something else keeps the event loop alive: work that takes longer belongs in
 * a closer.
 * @param main acquires what the program needs and registers it with `service`; it must not wait for the end of the program
 * @throws {TypeError} if `main` is not a function, or an option is unknown or has the wrong type
 * @throws {RangeError} if a time is out of range, or the times do not fit into the grace period; also for a time that is set in
 * the environment, by `LASTCALL_GRACE_PERIOD_MS` or `LASTCALL_LAME_DUCK_MS`
 * @example
 * ```ts
 * import { createServer } from "node:http";
 * import { run } from "lastcall";
 * import { Pool } from "pg";
 *
 * await run(
 * 	async (service) => {
 * 		const pool = service.adopt("postgres", new Pool(), (pool) => pool.end());
 * 		const server = createServer(async (request, response) => {
 * 			const { rows } = await pool.query("select now()");
 * 			response.end(JSON.stringify(rows));
 * 		});
 * 		await service.listen("http", server, { port: 8080 });
 * 	},
 * 	{ gracePeriodMs: 25_000 },
 * );
 * ```
 */
export async function run(main: (service: Service) => unknown, given: RunOptions = {}): Promise<ShutdownReport> {
	const stopSignals = check(main, given);
	const launch = withEnvironment(given, findWatchMode());
	const { options } = launch;
	const observer = createObserver(options);
	let callOff = (): void => {};
	const service = createRootService(options, (event, self) => {
		if (event.type === "stopping") callOff = watchDeadline(event.gracePeriodMs, blockedLoopLine(options, self.name));
		observer(launch.withSource(event), self);
		if (event.type === "running") void warnOfLostWork(state, { foreign, unregistered }, launch);
		if (event.type === "running" || event.type === "still-starting") watched.started();
	});
	const { state } = service;
	state.stopSignals = stopSignals;
	state.exitCodeFor = (report) => exitCodeFor(report, options);
	const foreign = new ForeignListeners(stopSignals);
	const unregistered = new UnregisteredServers();
	state.failuresAtEnd = () => unregistered.leave();

	beginRun();
	const ignoreErrors = onUncaught((error) => {
		void state.stop({ kind: "uncaught", error });
		// The report is final: only the exit code can still tell.
		if (service.phase === "closed" && options.exit !== false) raiseExitCode(1);
	}, state.warn);
	const ignoreSignals = onStopSignals(stopSignals, (reason) => {
		const effect = state.handleSignal(reason);
		if (effect === "hard-stop" && service.phase === "closed") void exit(128 + reason.number, LEAST_FLUSH_MS);
	});
	const watched = watchProcess(service.state, options);
	const ignoreEmptyLoop = onEmptyLoop(() => void state.stop({ kind: "finished" }));

	// An error of `main` is a stop reason, and so it is in the report.
	void service.start(main).catch(() => {});
	const report = await service.closed;

	ignoreEmptyLoop();
	foreign.leave();
	watched.leave(report);
	const exitCode = endRun(options.exit === false ? undefined : report.exitCode);
	if (exitCode === undefined) {
		// An error that the last event made a subscriber throw arrives within a turn.
		await systemClock.turn();
		ignoreErrors();
		ignoreSignals();
		callOff();
		return report;
	}
	// The listeners for errors and signals stay, and so does the watchdog, until the process has ended.
	process.exitCode = exitCode;
	await endAfterReport(state, report);
	return report;
}

/** Returns the signals that stop the program. */
function check(main: unknown, options: RunOptions): NodeJS.Signals[] {
	checkFunction("main", main);
	const own = ["exit", "exitCode", "extraStopSignals", "snapshotSignal", "stopOnStdinEnd"];
	checkOptionNames(options, [...SERVICE_OPTIONS, ...own]);
	checkBoolean("exit", options.exit, true);
	if (options.exitCode !== undefined) checkFunction("exitCode", options.exitCode);
	checkBoolean("stopOnStdinEnd", options.stopOnStdinEnd, false);
	const stopSignals = checkStopSignals(options.extraStopSignals);
	checkSnapshotSignal(options.snapshotSignal, stopSignals);
	return stopSignals;
}

/** Warns, once the program is running, of what will lose work at the stop: its servers and listeners, and how it was launched. */
async function warnOfLostWork(
	state: ServiceState,
	{ foreign, unregistered }: { readonly foreign: ForeignListeners; readonly unregistered: UnregisteredServers },
	{ options, watchMode, gracePeriodFrom, warning }: EnvironmentTimes<RunOptions>,
): Promise<void> {
	unregistered.warnOf(state.warn);
	if (!isMainThread) return;
	foreign.warnOf(state.warn);
	const signalWarning = checkRestartSignal(options.snapshotSignal, watchMode);
	for (const known of [warning, signalWarning]) if (known !== undefined) state.warn(known);
	for (const warning of await checkLaunch(state.options.gracePeriodMs, undefined, gracePeriodFrom)) state.warn(warning);
}
