import { readdirSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { maskIncludes } from "../core/signal-masks.ts";

/** Sends `signal` to every process of the group that `pid` leads. Does nothing where it leads none. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
	try {
		process.kill(-pid, signal);
	} catch {
		// No such group, or nobody in it who may be told: not on Windows, and not without `detached`.
	}
}

/** Reports whether somebody of the group that `pid` leads, or led, is alive. */
export function isGroupAlive(pid: number): boolean {
	try {
		process.kill(-pid, 0);
	} catch {
		return false;
	}
	// Under a PID 1 that reaps nobody, the dead stay in their group. Where `/proc` can't tell, all are alive.
	const states = statesOfGroup(pid);
	return states.length === 0 || states.some((state) => state !== "Z" && state !== "X");
}

/** Returns true if the process ignores SIGINT. Returns false where `/proc` does not tell. */
export function ignoresSigint(pid: number): boolean {
	return maskIncludes(read(`/proc/${pid}/status`), "SigIgn", constants.signals.SIGINT) ?? false;
}

function statesOfGroup(pgid: number): string[] {
	return processes().flatMap((pid) => {
		// `pid (name) state ppid pgrp …`, and a name may hold anything.
		const stat = read(`/proc/${pid}/stat`);
		const [state = "", , pgrp] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
		return Number(pgrp) === pgid ? [state] : [];
	});
}

function processes(): string[] {
	try {
		return readdirSync("/proc").filter((name) => /^\d+$/.test(name));
	} catch {
		return [];
	}
}

function read(path: string): string {
	try {
		return readFileSync(path, "utf8");
	} catch {
		return "";
	}
}
