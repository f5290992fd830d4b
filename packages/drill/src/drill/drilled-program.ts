import { setTimeout as delay } from "node:timers/promises";
import type { DrillOptions } from "../options/drill-options.ts";
import { findPort } from "../program/find-port.ts";
import type { ListeningPort } from "../program/listening-port.ts";
import type { Program } from "../program/program.ts";
import { runStopCommand } from "../program/run-stop-command.ts";
import { startProgram } from "../program/start-program.ts";
import { watchPid } from "../program/watch-pid.ts";
import type { ExitReport, ProcessReport, StopReport } from "../record/drill-report.ts";
import { portHeld } from "../wire/port-held.ts";

/** How the stop went. Instants are `performance.now()`. */
export interface Stopped {
	readonly stoppedAtMs: number;
	readonly stop: StopReport;
	readonly exit: ExitReport | undefined;
	readonly killedAtMs: number | undefined;
}

/** How long after the first signal `--twice` sends SIGINT: a person reads what happened, then presses Ctrl+C. */
const TWICE_AFTER_MS = 1_000;

/** The program under drill in one round: started by a command, already running, or known only to a stop command. */
export class DrilledProgram {
	readonly #options: DrillOptions;
	/** Undefined if only a stop command knows the program. */
	readonly #program: Program | undefined;
	readonly #onOutput: (text: string) => void;

	private constructor(options: DrillOptions, program: Program | undefined, onOutput: (text: string) => void) {
		this.#options = options;
		this.#program = program;
		this.#onOutput = onOutput;
	}

	/** Starts or finds the program. Rejects with a `TargetError`. The caller must call `end` in the end. */
	static async open(options: DrillOptions, onOutput: (text: string) => void): Promise<DrilledProgram> {
		const { command, pid } = options;
		if (command.length > 0) return new DrilledProgram(options, await startProgram(command, { onOutput }), onOutput);
		return new DrilledProgram(options, pid === undefined ? undefined : await watchPid(pid), onOutput);
	}

	/** Resolves when the process has ended; never, if there is none to watch. */
	get ended(): Promise<unknown> {
		return this.#program?.ended ?? new Promise(() => {});
	}

	/** The last part of what it has written by now. */
	get output(): string {
		return this.#program?.output ?? "";
	}

	/** Waits for the end. Resolves to the last part of what it has written. */
	finalOutput(): Promise<string> {
		return this.#program?.finalOutput() ?? Promise.resolve("");
	}

	/** Waits for its ports, in the order in which they appeared. Rejects with a `TargetError` if there are none. */
	findPorts(timeoutMs: number, signal: AbortSignal): Promise<ListeningPort[]> {
		if (this.#program === undefined) return Promise.resolve([]);
		return findPort(this.#program, { timeoutMs, signal });
	}

	/** Returns the ports that it listens on now. */
	async ports(): Promise<ListeningPort[]> {
		// If the family is known only by ancestry, this look also finds its members.
		await this.#program?.processes();
		return (await this.#program?.listeningPorts()) ?? [];
	}

	/** Stops it, and waits until it has ended, or was killed because its grace period was over. */
	async stop(abort: AbortSignal): Promise<Stopped> {
		return this.#options.stopCommand === undefined
			? this.#signal(abort)
			: this.#runStopCommand(this.#options.stopCommand, abort);
	}

	/** Returns its processes that are still alive after its end. */
	leftProcesses(): Promise<ProcessReport[]> {
		return this.#program?.leftProcesses() ?? Promise.resolve([]);
	}

	/** Returns true if one of `ports` still accepts connections. */
	async holds(ports: readonly ListeningPort[]): Promise<boolean> {
		const held = await Promise.all(ports.map(({ host, port }) => portHeld(host, port)));
		return held.includes(true);
	}

	/** Kills all processes of a program that was started here. Leaves any other program alone. */
	async end(): Promise<void> {
		if (this.#options.pid === undefined) await this.#program?.kill();
		else this.#program?.close();
	}

	async #signal(abort: AbortSignal): Promise<Stopped> {
		const { signal, group, twice, grace } = this.#options;
		const stoppedAtMs = performance.now();
		this.#program?.signal(signal, { group });
		let againMs: number | undefined;
		if (twice && !(await this.#endsWithin(TWICE_AFTER_MS, abort))) {
			againMs = performance.now() - stoppedAtMs;
			this.#program?.signal("SIGINT", { group });
		}
		const ended = await this.#endOrKill(stoppedAtMs, grace, abort);
		const stop = { by: signal, group, ...(againMs === undefined ? undefined : { againMs }) };
		return { stoppedAtMs, stop, ...ended };
	}

	async #runStopCommand(line: string, abort: AbortSignal): Promise<Stopped> {
		const stoppedAtMs = performance.now();
		// Not only the grace period: a roll-out may take one for each replica.
		const timeoutMs = Math.max(this.#options.grace, this.#options.ready);
		const { code, endedAtMs } = await runStopCommand(line, { timeoutMs, signal: abort, onOutput: this.#onOutput });
		const stop = { by: line, group: false, commandEndedMs: endedAtMs - stoppedAtMs, commandCode: code };
		if (this.#program === undefined) return { stoppedAtMs, stop, exit: undefined, killedAtMs: undefined };
		return { stoppedAtMs, stop, ...(await this.#endOrKill(stoppedAtMs, this.#options.grace, abort)) };
	}

	async #endOrKill(
		stoppedAtMs: number,
		graceMs: number,
		abort: AbortSignal,
	): Promise<{ exit: ExitReport | undefined; killedAtMs: number | undefined }> {
		const program = this.#program;
		if (program === undefined) return { exit: undefined, killedAtMs: undefined };
		const leftMs = stoppedAtMs + graceMs - performance.now();
		const inTime = await this.#endsWithin(Math.max(0, leftMs), abort);
		const killedAtMs = inTime ? undefined : performance.now();
		// Only the one process, as its platform would: all others have outlived it.
		if (!inTime) program.signal("SIGKILL");
		const { code, signal, atMs } = await program.ended;
		return { exit: { atMs: atMs - stoppedAtMs, code, signal, killed: !inTime }, killedAtMs };
	}

	async #endsWithin(ms: number, abort: AbortSignal): Promise<boolean> {
		const timer = new AbortController();
		const late = delay(ms, false, { signal: AbortSignal.any([timer.signal, abort]) });
		try {
			return await Promise.race([this.ended.then(() => true), late]);
		} finally {
			timer.abort();
			late.catch(() => {});
		}
	}
}
