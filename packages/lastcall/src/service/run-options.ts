import type { ShutdownReport } from "../core/report.ts";
import type { ServiceOptions } from "./service-options.ts";

/** The options of `run`. */
export interface RunOptions extends ServiceOptions {
	/**
	 * Whether to end the process when the service is closed. With `false`, the caller ends it, and sets its exit code: the
	 * report has the one that fits.
	 * @default true
	 */
	readonly exit?: boolean | undefined;
	/**
	 * Returns the exit code, an integer from 0 to 255, where the program knows better than the report: a job that was stopped
	 * half-way has finished everything that lastcall knows of.
	 *
	 * It is called once, when everything is closed, with the report as it would be without this option. The log and the report
	 * get the code that it returns. An error that it throws is a failure, and the exit code is 1 or more.
	 * @example
	 * ```ts
	 * import { run } from "lastcall";
	 *
	 * let isComplete = false;
	 * const main = () => service.task("export", async () => {
	 * 	await exportAll();
	 * 	isComplete = true;
	 * });
	 * await run(main, { exitCode: (report) => report.exitCode || (isComplete ? 0 : 143) });
	 * ```
	 * @default `report.exitCode`; if the run ends the process, `process.exitCode` if that is more
	 */
	readonly exitCode?: ((report: ShutdownReport) => number) | undefined;
	/**
	 * Signals that stop the program in addition to SIGINT, SIGTERM and SIGHUP, which always do. They are handled like SIGTERM.
	 *
	 * Use it where a supervisor or an image stops programs by another signal: SIGUSR2 for nodemon, SIGQUIT for images with
	 * `STOPSIGNAL SIGQUIT`. On Windows, signals that do not exist there are ignored.
	 * @example
	 * ```ts
	 * import { run } from "lastcall";
	 *
	 * await run(main, { extraStopSignals: ["SIGQUIT"] });
	 * ```
	 * @default none
	 */
	readonly extraStopSignals?: readonly NodeJS.Signals[] | undefined;
	/**
	 * Whether the end of standard input stops the program. Use it for programs that another program starts and talks to through a pipe,
	 * such as MCP servers and language servers: if the other program ends or crashes, its end of the pipe is closed, and no signal comes.
	 *
	 * The shutdown begins when the program has read the last of the input, or when nothing reads it and its end has come. An input
	 * that is closed or fails has ended too. Input that nothing has read yet is left for a later reader of `process.stdin`, and does
	 * not keep the process alive. Do not read descriptor 0 in another way.
	 *
	 * It is off by default because services are started with an input that has ended: systemd, Docker, Kubernetes and cron give them
	 * `/dev/null`.
	 * @default false
	 */
	readonly stopOnStdinEnd?: boolean | undefined;
	/**
	 * A signal, such as `"SIGQUIT"` (Ctrl+\ in a terminal), at which the log says what the program is doing: its phase,
	 * everything in flight by name and age, and the open handles of the event loop.
	 *
	 * Not SIGUSR2 under nodemon, which restarts programs by it. Not SIGUSR1, which starts the debugger of Node.js.
	 * @default none: the signal does what it does to every program. SIGQUIT and SIGUSR2 end it
	 */
	readonly snapshotSignal?: NodeJS.Signals | undefined;
}
