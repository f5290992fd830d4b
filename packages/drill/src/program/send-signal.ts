import { TargetError } from "./target-error.ts";

/**
 * Sends a signal (0: none, only asks) to a process, or to a process group by its negative number. Returns `false` where
 * there is none. Throws a `TargetError` where it is somebody else's, a `TypeError` for an unknown signal.
 */
export function sendSignal(pid: number, signal: NodeJS.Signals | 0): boolean {
	try {
		return process.kill(pid, signal);
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException;
		if (code === "ESRCH") return false;
		if (code !== "EPERM") throw error;
		const whom = pid < 0 ? `The process group ${-pid}` : `The process ${pid}`;
		throw new TargetError("ERR_DRILL_NOT_PERMITTED", `${whom} may not be signalled by this user.`, { cause: error });
	}
}
