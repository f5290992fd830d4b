import { TargetError } from "./target-error.ts";

/**
 * Sends a signal to a process, or to a process group as a negative number. Signal 0 sends none and only asks. Returns false
 * if there is no such process. Throws a `TargetError` if it belongs to another user, a `TypeError` for an unknown signal.
 */
export function sendSignal(pid: number, signal: NodeJS.Signals | 0): boolean {
	try {
		return process.kill(pid, signal);
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException;
		if (code === "ESRCH") return false;
		if (code !== "EPERM") throw error;
		const receiver = pid < 0 ? `The process group ${-pid}` : `The process ${pid}`;
		throw new TargetError("ERR_DRILL_NOT_PERMITTED", `${receiver} may not be signalled by this user.`, {
			cause: error,
		});
	}
}
