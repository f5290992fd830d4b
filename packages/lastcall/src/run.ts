import { isMainThread } from "node:worker_threads";
import { checkOptionNames, quote, trueOrFalse } from "./core/options.ts";
import type { ShutdownReport } from "./core/report.ts";
import type { ServiceState } from "./core/service-state.ts";
import { observerOf, SERVICE_OPTIONS, serviceOf } from "./create-service.ts";
import { onEarlyExit } from "./process/early-exit.ts";
import { endProcess, flushStdio, LEAST_FLUSH_MS } from "./process/ending.ts";
import { exit, guardExit } from "./process/exit.ts";
import { listenerWarnings } from "./process/foreign-listeners.ts";
import { countHolders, holdersOfTheLoop } from "./process/holders.ts";
import { launchWarnings } from "./process/launch.ts";
import { onEmptyLoop, onUncaught } from "./process/life.ts";
import { onParentStop } from "./process/parent.ts";
import { beginRun, endRun } from "./process/runs.ts";
import { checkSnapshotSignal, onSignal, onStopSignals } from "./process/signals.ts";
import { isLogError } from "./process/stderr.ts";
import { watchDeadline } from "./process/watchdog.ts";
import type { Service, ServiceOptions } from "./service.ts";
import type { ServiceOnState } from "./service-on-state.ts";

/** The options of {@link run}. */
export interface RunOptions extends ServiceOptions {
	/**
	 * Whether to end the process when the service is closed. With `false` the process and its exit code are the
	 * caller's; the report says which code it deserves.
	 * @default true
	 */
	readonly exit?: boolean | undefined;
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
 * rejection, an event loop that runs empty, and in a worker thread or a cluster worker its parent. A stop while `main` is
 * still running waits for it, as for anything in flight, and then closes what it has acquired.
 *
 * Only a person hurries: a SIGINT (on Windows SIGBREAK, too) that comes 200 ms or more after the stop reason, whatever that
 * was, is a hard stop. The exit code is then 128 + n, 130 for SIGINT. A SIGTERM or SIGHUP after the stop reason shortens
 * nothing: it is logged with the time left. What comes within 200 ms of the stop reason is part of it.
 *
 * The process ends by itself where nothing holds its event loop, by `process.exit()` otherwise, and by SIGKILL half a second
 * after the deadline where the loop is blocked (as PID 1, which can't kill itself, with exit code 1 if JavaScript blocks it).
 * Where a thread is stuck for which `process.exit()` would wait, the process ends by the deadline all the same: with its exit
 * code on Node.js 22.15 and later, by SIGKILL before. A SIGINT after everything is closed ends it at once.
 * Of several runs in one process the last to end ends it, with the worst exit code.
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
		if (event.type === "running") void warn(service.state);
	});

	beginRun();
	const ignoreErrors = onUncaught((error) => {
		if (!isLogError(error)) void service.state.stop({ kind: "uncaught", error });
	});
	const ignoreSignals = onStopSignals((reason) => {
		const effect = service.state.hearSignal(reason);
		if (effect === "hard-stop" && service.phase === "closed") void exit(128 + reason.number, LEAST_FLUSH_MS);
	});
	const stopWatching = watch(service, options);
	const ignoreEmptyLoop = onEmptyLoop(() => void service.state.stop({ kind: "finished" }));

	// Its failure is a stop reason, and so in the report.
	void service.start(main).catch(() => {});
	const report = await service.closed;

	ignoreErrors();
	ignoreEmptyLoop();
	stopWatching(report);
	const exitCode = endRun(options.exit === false ? undefined : report.exitCode);
	if (exitCode === undefined) {
		ignoreSignals();
		callOff();
		return report;
	}
	// Signals are still heard, and the deadline still watched, until the process is gone.
	const { deadline, tell } = service.state;
	guardExit((end) => tell({ type: "stuck", ...end }));
	await flushStdio(Math.max(LEAST_FLUSH_MS, deadline?.leftMs ?? 0));
	// What was left holds the event loop, and has been named.
	if (report.hardStop !== undefined) await exit(exitCode, LEAST_FLUSH_MS);
	else endProcess(exitCode, deadline?.leftMs ?? 0, (holders) => tell({ type: "held", holders }));
	return report;
}

function check(main: unknown, options: RunOptions): void {
	if (typeof main !== "function") throw new TypeError(`main: wanted a function, got ${quote(main)}`);
	checkOptionNames(options, [...SERVICE_OPTIONS, "exit", "snapshotSignal"]);
	trueOrFalse("exit", options.exit, true);
	checkSnapshotSignal(options.snapshotSignal);
}

/** Hears what only some programs are told: to give a snapshot, by a signal; to stop, by a parent; an exit before ours. */
function watch({ state }: ServiceOnState, { snapshotSignal }: RunOptions): (report: ShutdownReport) => void {
	const ignoreSignal = onSignal(snapshotSignal, () => {
		state.tell({ type: "snapshot", snapshot: state.snapshot(), holders: countHolders(holdersOfTheLoop()) });
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
async function warn(state: ServiceState): Promise<void> {
	if (!isMainThread) return;
	for (const warning of listenerWarnings()) state.tell({ type: "warning", warning });
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
