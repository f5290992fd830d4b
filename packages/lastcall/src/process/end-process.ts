import { exit } from "./exit.ts";
import { describeHandles, openHandles } from "./open-handles.ts";
import { letGoOfParent } from "./parent.ts";

/** How long the program may take to end by itself before what holds it is named. */
const NATURAL_END_MS = 20;

/** Standard output and error get this long at the deadline to take the last lines; nobody may be reading. */
export const LEAST_FLUSH_MS = 100;

/** A runtime that names nothing (Bun) may be writing a file, or hold a timer for ever: it gets this long. */
const UNNAMED_END_MS = 1_000;

/** Work that ends by itself and would be cut in half by an exit. */
const WRITING = /^(FSReq|WriteWrap|ShutdownWrap|(FileHandle)?CloseReq)/;

/** Delivers what standard output and error still hold, as `process.exit()` would drop it on a pipe. Waits `ms` at most. */
export function flushStdio(ms: number): Promise<void> {
	const flushed = [process.stdout, process.stderr].map(
		(stream) =>
			new Promise<void>((resolve) => {
				// Nobody reads it any more: there is nothing to deliver, and nothing has failed.
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
 * Ends the process with `process.exitCode`: by itself where nothing holds the event loop any more, else by `process.exit()`,
 * after files under way are written and what held the loop is named.
 * @param leftMs until the deadline, at the time of the call
 */
export function endProcess(leftMs: number, held: (holders: string) => void): void {
	const end = performance.now() + (namesHolders() ? leftMs : Math.min(leftMs, UNNAMED_END_MS));
	// Unref'd: it only fires where something else keeps the loop alive.
	const look = setInterval(() => {
		const holders = openHandles();
		const endsByItself = holders.length === 0 || holders.some((holder) => WRITING.test(holder));
		if (endsByItself && performance.now() < end) return;
		if (letGoOfParent()) return;
		clearInterval(look);
		held(describeHandles(holders));
		const leastMs = (): number => Math.max(LEAST_FLUSH_MS, end - performance.now());
		void flushStdio(leastMs()).then(() => exit(undefined, leastMs()));
	}, NATURAL_END_MS).unref();
}

/** Reports whether this runtime names what holds the event loop: whether it sees a timer that does. */
function namesHolders(): boolean {
	const timer = setTimeout(() => {}, 0);
	const names = process.getActiveResourcesInfo?.().length > 0;
	clearTimeout(timer);
	return names;
}
