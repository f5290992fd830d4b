import { isMainThread } from "node:worker_threads";
import { checkBoolean, checkOptionNames, quote } from "./core/check-options.ts";
import type { ShutdownReport } from "./core/report.ts";
import type { ServiceState } from "./core/service-state.ts";
import { onEarlyExit } from "./process/early-exit.ts";
import { onEmptyLoop } from "./process/empty-loop.ts";
import { endProcess, flushStdio, LEAST_FLUSH_MS } from "./process/end-process.ts";
import { exit, guardExit } from "./process/exit.ts";
import { exitCodeFor, onOtherExitCode, raiseExitCode } from "./process/exit-code.ts";
import { ForeignListeners } from "./process/foreign-listeners.ts";
import { launchWarnings } from "./process/launch.ts";
import { describeHandles, openHandles } from "./process/open-handles.ts";
import { onParentStop } from "./process/parent.ts";
import { beginRun, endRun } from "./process/run-count.ts";
import { checkSnapshotSignal, onSignal, onStopSignals } from "./process/signals.ts";
import { systemClock } from "./process/system-clock.ts";
import { onUncaught } from "./process/uncaught.ts";
import { watchDeadline } from "./process/watchdog.ts";
import { observerOf, SERVICE_OPTIONS, serviceOf } from "./service/create-service.ts";
import type { RootService } from "./service/root-service.ts";
import type { Service, ServiceOptions } from "./service/service.ts";

/** The options of {@link run}. */
export interface RunOptions extends ServiceOptions {
	/**
	 * Whether to end the process when the service is closed. With `false` the process and its exit code are the
	 * caller's; the report says which code it deserves.
	 * @default true
	 */
	readonly exit?: boolean | undefined;
	/**
	 * The exit code for what happened, where the program knows better: a job that was stopped before it was complete has
	 * finished everything as far as lastcall can see. Called once, when everything is closed, with the report as it would be
	 * without this; what it returns goes into the log and the report. It must return an integer from 0 to 255. What it throws
	 * is a failure, and the exit code is 1 or more.
	 *
	 * @example
	 * ```ts
	 * exitCode: (report) => report.exitCode || (isComplete ? 0 : 143)
	 * ```
	 * @default `report.exitCode`; where the run ends the process, `process.exitCode` if that is more
	 */
	readonly exitCode?: ((report: ShutdownReport) => number) | undefined;
	/**
	 * A signal, say `"SIGUSR2"`, at which the log tells what the program is doing: its phase, everything in flight by name
	 * and age, and what holds the event loop.
	 * @default none: where nobody listens, SIGUSR2 ends a program, and nodemon restarts programs that way
	 */
	readonly snapshotSignal?: NodeJS.Signals | undefined;
}

/**
 * Runs a program: calls `main` to start it, waits for a stop reason, shuts down, and ends the process with the exit code
 * of the report. Stop reasons, of which the first wins: SIGINT, SIGTERM, SIGHUP (SIGBREAK on Windows), `options.signal`,
 * `service.stop()`, a server, task, child process or thread that fails, `main` failing, an uncaught exception or
 * rejection (unless something else listens for `unhandledRejection`), an event loop that runs empty, and in a worker thread or
 * a cluster worker its parent. A stop while `main` is still running waits for it, as for anything in flight, and then closes
 * what it has acquired.
 *
 * Only a person hurries: a SIGINT (on Windows SIGBREAK, too) that comes 200 ms or more after the stop reason, whatever that
 * was, is a hard stop. The exit code is then 128 + n, 130 for SIGINT. A SIGTERM or SIGHUP after the stop reason shortens
 * nothing: it is logged with the time left. What comes within 200 ms of the stop reason is part of it.
 *
 * The process ends by itself where nothing holds its event loop, by `process.exit()` otherwise, and by SIGKILL half a second
 * after the deadline where the loop is blocked (as PID 1, which can't kill itself, with exit code 1 if JavaScript blocks it).
 * Where a thread is stuck for which `process.exit()` would wait, the process ends by the deadline all the same: with its exit
 * code on Node.js 22.15 and later, by SIGKILL before. A SIGINT after everything is closed ends it at once.
 * Of several runs in one process the last to end ends it, with the worst exit code. What the program has set
 * `process.exitCode` to is kept where that is more than the report's. An exit code that is changed after the last line of the
 * log is named in one more.
 *
 * Code after `await run()` runs after a hard stop too, unless a SIGKILL or a call of `process.exit()` comes first. It may set
 * `process.exitCode`. It may await, but for no longer than 20 ms if something else holds the event loop, such as what a hard
 * stop has left: work that takes time belongs in a closer.
 *
 * Resolves to the report, with the process about to end unless `exit` is false. Never rejects for what happens to the
 * program.
 *
 * @param main acquires what the program needs and registers it with `service`; it must not wait for the program's end
 * @throws {TypeError} for a `main` that is not a function, or an option that there isn't or of the wrong type
 * @throws {RangeError} for a time that is out of range, or times that don't fit into the grace period
 */
export async function run(main: (service: Service) => unknown, options: RunOptions = {}): Promise<ShutdownReport> {
	check(main, options);
	const observer = observerOf(options);
	let callOff = (): void => {};
	const service = serviceOf(options, (event, self) => {
		if (event.type === "stopping") callOff = watchDeadline(event.gracePeriodMs, lastWords(options.log, self.name));
		observer(event, self);
		if (event.type === "running") void warn(service.state, foreign);
	});

	service.state.exitCodeFor = (report) => exitCodeFor(report, options);
	const foreign = new ForeignListeners();

	beginRun();
	const ignoreErrors = onUncaught(
		(error) => {
			void service.state.stop({ kind: "uncaught", error });
			// The report can't have it any more.
			if (service.phase === "closed" && options.exit !== false) raiseExitCode(1);
		},
		(warning) => service.state.tell({ type: "warning", warning }),
	);
	const ignoreSignals = onStopSignals((reason) => {
		const effect = service.state.hearSignal(reason);
		if (effect === "hard-stop" && service.phase === "closed") void exit(128 + reason.number, LEAST_FLUSH_MS);
	});
	const stopWatching = watch(service, options);
	const ignoreEmptyLoop = onEmptyLoop(() => void service.state.stop({ kind: "finished" }));

	// Its failure is a stop reason, and so in the report.
	void service.start(main).catch(() => {});
	const report = await service.closed;

	ignoreEmptyLoop();
	foreign.leave();
	stopWatching(report);
	const exitCode = endRun(options.exit === false ? undefined : report.exitCode);
	if (exitCode === undefined) {
		// What the last event has made a subscriber throw comes within a turn.
		await systemClock.turn();
		ignoreErrors();
		ignoreSignals();
		callOff();
		return report;
	}
	// Errors and signals are still heard, and the deadline still watched, until the process is gone.
	process.exitCode = exitCode;
	await end(service.state, report);
	return report;
}

/** Ends the process soon, with `process.exitCode`: as soon as what stands behind the run has had its turn. */
async function end({ deadline, tell }: ServiceState, { exitCode: reported, hardStop }: ShutdownReport): Promise<void> {
	onOtherExitCode(reported, (exitCode) => tell({ type: "exit-code-changed", exitCode, reported }));
	guardExit((forced) => tell({ type: "stuck", ...forced }));
	const leftMs = deadline?.leftMs ?? 0;
	await flushStdio(Math.max(LEAST_FLUSH_MS, leftMs));
	// After a hard stop it is what was left that holds the event loop, and that has been named.
	if (hardStop !== undefined) endProcess(0, () => {});
	else endProcess(deadline?.leftMs ?? 0, (holders) => tell({ type: "held", holders }));
}

function check(main: unknown, options: RunOptions): void {
	if (typeof main !== "function") throw new TypeError(`main: wanted a function, got ${quote(main)}`);
	checkOptionNames(options, [...SERVICE_OPTIONS, "exit", "exitCode", "snapshotSignal"]);
	checkBoolean("exit", options.exit, true);
	if (options.exitCode !== undefined && typeof options.exitCode !== "function") {
		throw new TypeError(`exitCode: wanted a function, got ${quote(options.exitCode)}`);
	}
	checkSnapshotSignal(options.snapshotSignal);
}

/** Hears what only some programs are told: to give a snapshot, by a signal; to stop, by a parent; an exit before ours. */
function watch({ state }: RootService, { snapshotSignal }: RunOptions): (report: ShutdownReport) => void {
	const ignoreSignal = onSignal(snapshotSignal, () => {
		state.tell({ type: "snapshot", snapshot: state.snapshot(), holders: describeHandles(openHandles()) });
	});
	const parent = onParentStop(() => void state.stop({ kind: "parent" }));
	state.siblings = parent.siblings;
	const ignoreExit = onEarlyExit(
		() => state.lifecycle.phase,
		(warning) => {
			state.tell({ type: "warning", warning });
			state.closers.abandon();
		},
	);
	return ({ exitCode, left, errors }) => {
		ignoreSignal();
		parent.leave({ exitCode, left: left.length, failed: errors.length });
		ignoreExit();
	};
}

/** Says what will go wrong at the stop, when all of the program is there. */
async function warn(state: ServiceState, foreign: ForeignListeners): Promise<void> {
	if (!isMainThread) return;
	foreign.warnOf((warning) => state.tell({ type: "warning", warning }));
	for (const warning of await launchWarnings(state.options.gracePeriodMs)) state.tell({ type: "warning", warning });
}

/** What the watchdog is to say, in the form of the log, when nobody else can. */
function lastWords(log: ServiceOptions["log"], name: string): string {
	// The kernel ignores a SIGKILL that PID 1 sends to itself.
	const how = process.pid === 1 ? "exit code 1" : "SIGKILL";
	const msg = `the event loop is blocked past the deadline; ending the process with ${how}`;
	if (log === false) return "";
	return log === "json" ? `${JSON.stringify({ level: "error", name, pid: process.pid, msg })}\n` : `lastcall: ${msg}\n`;
}
