import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { constants } from "node:os";
import { maskIncludes } from "../core/signal-masks.ts";
import type { Warning } from "../core/warning.ts";

/** What a process can see of how it was started. */
export interface Surroundings {
	readonly pid: number;
	readonly ppid: number;
	readonly env: Readonly<Record<string, string | undefined>>;
	/** Whether somebody sits at it: then Ctrl+C reaches the whole family, and nobody else stops it. */
	readonly isAtTerminal: boolean;
	/** The text of a file, or nothing where it can't be read. */
	read(path: string): string;
	/** What a command prints, or nothing where it fails. */
	ask(command: string, args: readonly string[]): Promise<string>;
}

/** Shells that run what they are told and wait for it. */
const SHELL = /^(sh|bash|dash|ash|busybox|zsh|ksh)$/;

/** What PM2 gives where it is told nothing. */
const PM2_KILL_TIMEOUT_MS = 1_600;

/**
 * What is wrong with how the process was started: how a signal may never reach it, or how it may be killed in the middle
 * of its shutdown. It sees most on Linux, where `/proc` tells of the parent.
 */
export async function launchWarnings(gracePeriodMs: number, around: Surroundings = real): Promise<Warning[]> {
	const parent = around.read(`/proc/${around.ppid}/status`);
	const all = [
		isFirst(around),
		behindShell(around, parent),
		shortOnPm2(around, parent, gracePeriodMs),
		await shortOnSystemd(around, gracePeriodMs),
	];
	return all.filter((warning) => warning !== undefined);
}

function isFirst({ pid }: Surroundings): Warning | undefined {
	if (pid !== 1) return undefined;
	const message =
		"running as PID 1: nobody reaps the orphans of its children, and until now every signal was ignored; " +
		"start it under an init (docker run --init; init: true in Compose; tini)";
	return { code: "pid-1", message };
}

/**
 * A shell that waits for us in the foreground dies of SIGTERM, or as PID 1 ignores it, and tells us nothing. An
 * interactive one ignores it, and one with a trap catches it: those know what they do.
 */
function behindShell({ ppid, env, isAtTerminal, read }: Surroundings, parent: string): Warning | undefined {
	const name = /^Name:\s*(.*)$/m.exec(parent)?.[1] ?? "";
	if (isAtTerminal || !SHELL.test(name)) return undefined;
	const { SIGTERM } = constants.signals;
	const isKilled = (["SigIgn", "SigCgt"] as const).every((mask) => maskIncludes(parent, mask, SIGTERM) === false);
	if (!isKilled) return undefined;
	// npm's environment is inherited by whatever its script starts, shells too: npm's own one is told to run the script.
	const { npm_lifecycle_event: script, npm_lifecycle_script: command } = env;
	const isOfNpm = command !== undefined && read(`/proc/${ppid}/cmdline`).includes(command);
	const [what, cure] = isOfNpm
		? [` of "npm run ${script}"`, 'write "exec node …" in that script, or start node without npm']
		: ["", 'start it with "exec node …"'];
	const message = `behind a shell${what} that passes no signals on (${name}, pid ${ppid}): SIGTERM never arrives here; ${cure}`;
	return { code: "shell", message };
}

function shortOnPm2({ env }: Surroundings, parent: string, gracePeriodMs: number): Warning | undefined {
	// The environment is inherited by the program's own children too, and those are not PM2's.
	const isChild = parent === "" || /^Name:\s*PM2/m.test(parent);
	if (env.pm_id === undefined || !isChild) return undefined;
	const limit = Number(env.kill_timeout) || PM2_KILL_TIMEOUT_MS;
	return tooLong(gracePeriodMs, limit, "PM2", "kill_timeout");
}

async function shortOnSystemd(around: Surroundings, gracePeriodMs: number): Promise<Warning | undefined> {
	if (Number(around.env.SYSTEMD_EXEC_PID) !== around.pid) return undefined;
	const path = /^0::(.*)$/m.exec(around.read("/proc/self/cgroup"))?.[1] ?? "";
	const [unit] = /[^/]+\.service(?=\/|$)(?!.*\.service)/.exec(path) ?? [];
	if (unit === undefined) return undefined;
	const user = path.includes("/user@") ? ["--user"] : [];
	const told = await around.ask("systemctl", [...user, "show", "--property=TimeoutStopUSec", "--value", unit]);
	return tooLong(gracePeriodMs, spanMs(told), "systemd", "TimeoutStopSec");
}

function tooLong(gracePeriodMs: number, limitMs: number, who: string, setting: string): Warning | undefined {
	if (!(gracePeriodMs >= limitMs)) return undefined;
	const message =
		`the grace period (${gracePeriodMs} ms) is not shorter than what ${who} gives (${limitMs} ms), ` +
		`which kills then; lower gracePeriodMs, or raise ${setting}`;
	return { code: "grace-period", message };
}

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, min: 60_000, h: 3_600_000, d: 86_400_000 };

/** A time span as systemd writes it (`1min 30s`, `infinity`), in milliseconds; NaN for what is none. */
function spanMs(text: string): number {
	if (text.trim() === "infinity") return Infinity;
	const parts = [...text.matchAll(/([\d.]+)(ms|s|min|h|d)\b/g)];
	return parts.length === 0
		? Number.NaN
		: parts.reduce((ms, [, n, unit = ""]) => ms + Number(n) * (UNITS_MS[unit] ?? 0), 0);
}

const real: Surroundings = {
	pid: process.pid,
	ppid: process.ppid,
	env: process.env,
	get isAtTerminal() {
		return process.stdin.isTTY === true;
	},
	read(path) {
		try {
			return readFileSync(path, "utf8");
		} catch {
			return "";
		}
	},
	ask: (command, args) =>
		new Promise((resolve) => {
			execFile(command, [...args], { timeout: 1_000 }, (error, stdout) => resolve(error === null ? stdout : ""));
		}),
};
