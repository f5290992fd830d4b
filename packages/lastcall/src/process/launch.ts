import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import type { Warning } from "../core/warning.ts";
import { checkShell } from "./launching-shell.ts";
import { isStartedByPm2 } from "./pm2.ts";
import type { Surroundings } from "./surroundings.ts";

/** The default of PM2. */
const PM2_KILL_TIMEOUT_MS = 1_600;

/**
 * Warns if the process was started in a way that keeps signals from it, or that kills it in the middle of its shutdown. Most of
 * this is known only on Linux, where `/proc` describes the parent.
 */
export async function checkLaunch(gracePeriodMs: number, around: Surroundings = REAL): Promise<Warning[]> {
	const parent = around.read(`/proc/${around.ppid}/status`);
	const all = [
		checkPid(around),
		checkShell(around),
		checkPm2(around, parent, gracePeriodMs),
		await checkSystemd(around, gracePeriodMs),
	];
	return all.filter((warning) => warning !== undefined);
}

function checkPid({ pid }: Surroundings): Warning | undefined {
	if (pid !== 1) return undefined;
	const message =
		"running as PID 1: orphaned grandchildren are not reaped, and signals before this were ignored; " +
		"start it under an init (docker run --init; init: true in Compose; tini)";
	return { code: "pid-1", message };
}

function checkPm2({ env }: Surroundings, parent: string, gracePeriodMs: number): Warning | undefined {
	if (!isStartedByPm2(env, parent)) return undefined;
	const limit = Number(env.kill_timeout) || PM2_KILL_TIMEOUT_MS;
	return tooLong(gracePeriodMs, limit, "PM2", "kill_timeout");
}

async function checkSystemd(around: Surroundings, gracePeriodMs: number): Promise<Warning | undefined> {
	if (Number(around.env.SYSTEMD_EXEC_PID) !== around.pid) return undefined;
	const path = /^0::(.*)$/m.exec(around.read("/proc/self/cgroup"))?.[1] ?? "";
	const [unit] = /[^/]+\.service(?=\/|$)(?!.*\.service)/.exec(path) ?? [];
	if (unit === undefined) return undefined;
	const user = path.includes("/user@") ? ["--user"] : [];
	const timeout = await around.execute("systemctl", [...user, "show", "--property=TimeoutStopUSec", "--value", unit]);
	return tooLong(gracePeriodMs, parseSpan(timeout), "systemd", "TimeoutStopSec");
}

function tooLong(gracePeriodMs: number, limitMs: number, manager: string, setting: string): Warning | undefined {
	if (!(gracePeriodMs >= limitMs)) return undefined;
	const message =
		`the grace period (${gracePeriodMs} ms) is not shorter than the time after which ${manager} kills the program ` +
		`(${limitMs} ms); lower gracePeriodMs, or raise ${setting}`;
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
	read(path) {
		try {
			return readFileSync(path, "utf8");
		} catch {
			return "";
		}
	},
	execute: (command, args) =>
		new Promise((resolve) => {
			execFile(command, [...args], { timeout: 1_000 }, (error, stdout) => resolve(error === null ? stdout : ""));
		}),
};
