import { readdirSync, readFileSync } from "node:fs";

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
	const states = readGroupStates(pid);
	return states.length === 0 || states.some((state) => state !== "Z" && state !== "X");
}

/** Reports whether the process ignores SIGINT, as far as `/proc` tells. */
export function ignoresSigint(pid: number): boolean {
	const [, mask = "0"] = /^SigIgn:\s*([\da-f]+)$/m.exec(read(`/proc/${pid}/status`)) ?? [];
	return (BigInt(`0x${mask}`) & SIGINT_BIT) !== 0n;
}

/** SIGINT is number 2, and the masks in `/proc` begin with number 1. */
const SIGINT_BIT = 1n << 1n;

function readGroupStates(pgid: number): string[] {
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
