import { exit } from "./exit.ts";
import { describeHandles, openHandles } from "./open-handles.ts";
import { disconnectFromParent } from "./parent.ts";

/** How long the process may take to exit by itself before its open handles are named. */
const NATURAL_END_MS = 20;

/** The least time for standard output and error to take the last lines. It is limited, since nothing may be reading them. */
export const LEAST_FLUSH_MS = 100;

/**
 * How long a runtime that names no handles (Bun) may take to exit by itself. It may be writing a file, or hold a timer that
 * never ends.
 */
const UNNAMED_END_MS = 1_000;

/**
 * How long activity that has no name may keep the process. Node.js 26 does not name all writes under way (`appendFile`): a file that is
 * written in many steps shows only as events of the loop. So does traffic on a connection that the program has left open, which never ends.
 */
const UNNAMED_ACTIVITY_MS = 1_000;
const NAMES_ALL_WRITES = Number(process.versions.node.split(".")[0]) < 26;

/** The handles of writes under way. They end by themselves, and `process.exit()` would cut them in half. */
const WRITING = /^(FSReq|WriteWrap|ShutdownWrap|(FileHandle)?CloseReq)/;

/** Waits until standard output and error have delivered what they hold, for `ms` at most. `process.exit()` would drop it on a pipe. */
export function flushStdio(ms: number): Promise<void> {
	const flushed = [process.stdout, process.stderr].map(
		(stream) =>
			new Promise<void>((resolve) => {
				// Nothing reads the stream any more, so there is nothing to deliver. That is no failure.
				stream.once("error", () => resolve());
				stream.write("", () => resolve());
			}),
	);
	return new Promise((resolve) => {
		const timer = setTimeout(resolve, ms);
		void Promise.all(flushed).then(() => {
			clearTimeout(timer);
			resolve();
		});
	});
}

/**
 * Ends the process with `process.exitCode`. It exits by itself if it has no open handles. Otherwise `process.exit()` ends it, after
 * writes under way have ended and the open handles have been named.
 * @param leftMs until the deadline, at the time of the call
 * @param onOpenHandles called with the open handles before `process.exit()`
 */
export function endProcess(leftMs: number, onOpenHandles: (description: string) => void): void {
	const startedAt = performance.now();
	const end = startedAt + (canNameHandles() ? leftMs : Math.min(leftMs, UNNAMED_END_MS));
	const activityEnd = Math.min(end, startedAt + (NAMES_ALL_WRITES ? 0 : UNNAMED_ACTIVITY_MS));
	let events = countEvents();
	const look = (): void => {
		const handles = openHandles();
		const [eventsBefore, now] = [events, performance.now()];
		events = countEvents();
		const endsByItself = handles.length === 0 || handles.some((handle) => WRITING.test(handle));
		const isActive = events > eventsBefore;
		if ((endsByItself && now < end) || (isActive && now < activityEnd) || disconnectFromParent()) {
			lookLater();
			return;
		}
		onOpenHandles(describeHandles(handles));
		const leastMs = (): number => Math.max(LEAST_FLUSH_MS, end - performance.now());
		void flushStdio(leastMs()).then(() => exit(undefined, leastMs()));
	};
	const lookLater = (): void => {
		afterTurn(() => void setTimeout(() => afterTurn(look), NATURAL_END_MS).unref());
	};
	lookLater();
}

/**
 * Calls `then` after a poll of the event loop, if something keeps the loop alive until then. A timer alone does not say so: one that
 * is due runs in the last turn too, which comes when the process is late, before what the turn has closed is gone or after it.
 */
function afterTurn(then: () => void): void {
	// An immediate that is unref'd does not end the poll. One timer is not enough: it may fire before the poll begins.
	const poll = setInterval(() => {}, 1).unref();
	setImmediate(() => {
		clearInterval(poll);
		then();
	}).unref();
}

/** Returns the number of events that the event loop has had so far, other than timers. Always 0 where it is not counted. */
function countEvents(): number {
	const timing = performance.nodeTiming as { readonly uvMetricsInfo?: { readonly events: number } };
	return timing?.uvMetricsInfo?.events ?? 0;
}

/** Returns true if this runtime names open handles: if it names a timer. */
function canNameHandles(): boolean {
	const timer = setTimeout(() => {}, 0);
	const canName = process.getActiveResourcesInfo?.().length > 0;
	clearTimeout(timer);
	return canName;
}
