import { readText } from "./surroundings.ts";

/** What PM2 sends instead of a signal with `shutdown_with_message`, the only way on Windows. */
const SHUTDOWN = "shutdown";

/** Undocumented: Node.js's count of what keeps the channel to the parent open, such as listeners for `message`. */
interface CountedChannel {
	refCounted?(): void;
	unrefCounted?(): void;
}

/**
 * Returns true if PM2 has started this process. The program's own children inherit the environment of PM2, but their parent is not PM2.
 * @param parent the text of the parent's `/proc/<pid>/status`, or an empty string where there is none
 */
export function isStartedByPm2(env: Readonly<Record<string, string | undefined>>, parent: string): boolean {
	return env.pm_id !== undefined && (parent === "" || /^Name:\s*PM2/m.test(parent));
}

/** Returns true if this event of the process is PM2's message `shutdown`. */
export function isPm2Shutdown(event: string, [message]: readonly unknown[]): boolean {
	return event === "message" && message === SHUTDOWN && process.env.pm_id !== undefined && isChildOfPm2();
}

/**
 * Calls `onStop` at PM2's message `shutdown`. Does nothing in a process that PM2 has not started. Returns a function that ends this.
 *
 * The listener neither keeps the process alive nor takes a message from the program: Node.js keeps messages until the first listener is
 * added, which is this one, so this one keeps them for the program.
 */
export function onPm2Stop(onStop: () => void): () => void {
	if (process.connected !== true || process.env.pm_id === undefined) return () => {};
	if (!isChildOfPm2()) return () => {};
	const kept: unknown[][] = [];
	const onMessage = (...args: unknown[]): void => {
		if (args[0] === SHUTDOWN) onStop();
		if (process.listenerCount("message") === 1) kept.push(args);
	};
	const onListener = (event: string | symbol): void => {
		if (event !== "message" || kept.length === 0) return;
		process.nextTick(() => {
			for (const [message, handle] of kept.splice(0)) process.emit("message", message, handle as never);
		});
	};
	process.on("message", onMessage);
	countedChannel()?.unrefCounted?.();
	process.on("newListener", onListener);
	return () => {
		process.removeListener("newListener", onListener);
		countedChannel()?.refCounted?.();
		process.removeListener("message", onMessage);
	};
}

function isChildOfPm2(): boolean {
	return isStartedByPm2(process.env, readText(`/proc/${process.ppid}/status`));
}

/** There is none once the channel is closed. */
function countedChannel(): CountedChannel | undefined {
	return process.channel as CountedChannel | undefined;
}
