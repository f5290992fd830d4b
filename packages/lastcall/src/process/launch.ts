import { execFile } from "node:child_process";
import type { Warning } from "../core/warning.ts";
import { checkShell } from "./launching-shell.ts";
import { isStartedByPm2 } from "./pm2.ts";
import { readText, type Surroundings } from "./surroundings.ts";

/** The grace period, and what sets it: an option or a variable of the environment. */
interface GracePeriod {
	readonly gracePeriodMs: number;
	readonly setting: string;
}

/** The default of PM2. */
const PM2_KILL_TIMEOUT_MS = 1_600;

/**
 * Warns if the process was started in a way that keeps signals from it, or that kills it in the middle of its shutdown. Most of
 * this is known only on Linux, where `/proc` describes the parent.
 */
export async function checkLaunch(
	gracePeriodMs: number,
	around: Surroundings = REAL,
	setting = "gracePeriodMs",
): Promise<Warning[]> {
	const grace = { gracePeriodMs, setting };
	const parent = around.read(`/proc/${around.ppid}/status`);
	const all = [
		checkPid(around),
		checkShell(around),
		checkPm2(around, parent, grace),
		await checkSystemd(around, grace),
	];
	return all.filter((warning) => warning !== undefined);
}

/** Warns of a snapshot signal that nodemon sends to restart the program: the program does not end then, and nodemon waits for it. */
export function checkRestartSignal(
	snapshotSignal: string | undefined,
	watchMode: string | undefined,
): Warning | undefined {
	if (snapshotSignal !== "SIGUSR2" || watchMode !== "nodemon") return undefined;
	const message =
		"nodemon restarts programs by SIGUSR2, which this program takes for its snapshot signal, so nodemon waits for ever; " +
		'use snapshotSignal: "SIGQUIT" (Ctrl+\\), or start nodemon with --signal SIGTERM';
	return { code: "snapshot-signal", message };
}

function checkPid({ pid }: Surroundings): Warning | undefined {
	if (pid !== 1) return undefined;
	const message =
		"running as PID 1: orphaned grandchildren are not reaped, and signals before this were ignored; " +
		"start it under an init (docker run --init; init: true in Compose; tini)";
	return { code: "pid-1", message };
}

function checkPm2({ env }: Surroundings, parent: string, grace: GracePeriod): Warning | undefined {
	if (!isStartedByPm2(env, parent)) return undefined;
	const limit = Number(env.kill_timeout) || PM2_KILL_TIMEOUT_MS;
	return tooLong(grace, limit, "PM2", "kill_timeout");
}

async function checkSystemd(around: Surroundings, grace: GracePeriod): Promise<Warning | undefined> {
	if (Number(around.env.SYSTEMD_EXEC_PID) !== around.pid) return undefined;
	const path = /^0::(.*)$/m.exec(around.read("/proc/self/cgroup"))?.[1] ?? "";
	const [unit] = /[^/]+\.service(?=\/|$)(?!.*\.service)/.exec(path) ?? [];
	if (unit === undefined) return undefined;
	const user = path.includes("/user@") ? ["--user"] : [];
	const timeout = await around.execute("systemctl", [...user, "show", "--property=TimeoutStopUSec", "--value", unit]);
	return tooLong(grace, parseSpan(timeout), "systemd", "TimeoutStopSec");
}

function tooLong(
	{ gracePeriodMs, setting }: GracePeriod,
	limitMs: number,
	manager: string,
	itsSetting: string,
): Warning | undefined {
	if (!(gracePeriodMs >= limitMs)) return undefined;
	const message =
		`the grace period (${gracePeriodMs} ms) is not shorter than the time after which ${manager} kills the program ` +
		`(${limitMs} ms); lower ${setting}, or raise ${itsSetting}`;
	return { code: "grace-period", message };
}

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, min: 60_000, h: 3_600_000, d: 86_400_000 };

/** Parses a time span as systemd writes it (`1min 30s`, `infinity`). Returns milliseconds, or NaN if it is no time span. */
function parseSpan(text: string): number {
	if (text.trim() === "infinity") return Infinity;
	const parts = [...text.matchAll(/([\d.]+)(ms|s|min|h|d)\b/g)];
	return parts.length === 0
		? Number.NaN
		: parts.reduce((ms, [, n, unit = ""]) => ms + Number(n) * (UNITS_MS[unit] ?? 0), 0);
}

const REAL: Surroundings = {
	pid: process.pid,
	ppid: process.ppid,
	env: process.env,
	get isAtTerminal() {
		return process.stdin.isTTY === true;
	},
	read: readText,
	execute: (command, args) =>
		new Promise((resolve) => {
			execFile(command, [...args], { timeout: 1_000 }, (error, stdout) => resolve(error === null ? stdout : ""));
		}),
};
