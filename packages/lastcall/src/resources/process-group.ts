import { readdirSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { maskIncludes } from "../core/signal-masks.ts";

/** Sends `signal` to every process of the group that `pid` leads. Does nothing where it leads none. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
	try {
		process.kill(-pid, signal);
	} catch {
		// No such group, or no permission. There are no groups on Windows, and a child leads one only if `detached`.
	}
}

/** Returns true if a process of the group that `pid` leads, or led, is alive. */
export function isGroupAlive(pid: number): boolean {
	try {
		process.kill(-pid, 0);
	} catch {
		return false;
	}
	// Under a PID 1 that does not reap them, dead processes stay in their group. Without `/proc`, all count as alive.
	const states = readGroupStates(pid);
	return states.length === 0 || states.some((state) => state !== "Z" && state !== "X");
}

/** Returns true if the process ignores SIGINT. Returns false where `/proc` does not show it. */
export function ignoresSigint(pid: number): boolean {
	return maskIncludes(read(`/proc/${pid}/status`), "SigIgn", constants.signals.SIGINT) ?? false;
}

function readGroupStates(pgid: number): string[] {
	return listProcesses().flatMap((pid) => {
		// `pid (name) state ppid pgrp …`, and a name may contain any character.
		const stat = read(`/proc/${pid}/stat`);
		const [state = "", , pgrp] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
		return Number(pgrp) === pgid ? [state] : [];
	});
}

function listProcesses(): string[] {
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
