import { createLogUpdate } from "log-update";
import type { DrillEvent, DrillListener } from "../record/drill-event.ts";
import { duration, number } from "../record/durations.ts";
import type { Tally } from "../record/outcome.ts";
import { roundLine } from "./round-line.ts";

/** The output of a drill while it runs. */
export interface Progress {
	readonly onEvent: DrillListener;
	/** Writes output of the target. */
	readonly pass: (text: string) => void;
	/** Removes the live line and writes nothing more. */
	end(): void;
}

/** How often the live line is updated. */
const EVERY_MS = 100;

/** Writes a line for each finished round. On a terminal, unless `CI` is set, a live line below shows the current step. */
export function createProgress(stream: NodeJS.WriteStream, rounds: number): Progress {
	if (stream.isTTY === true && !process.env.CI) return createLiveProgress(stream, rounds);
	return { onEvent: (event) => printRound(stream, event), pass: (text) => void stream.write(text), end: () => {} };
}

function createLiveProgress(stream: NodeJS.WriteStream, rounds: number): Progress {
	const live = createLogUpdate(stream);
	let doing: Doing | undefined;
	let tally: (() => Tally) | undefined;
	let unfinishedLine = "";
	const show = (): void => {
		if (doing !== undefined) live(liveLine(doing, rounds, tally?.()));
	};
	const timer = setInterval(show, EVERY_MS).unref();
	return {
		onEvent: (event) => {
			if (event.type === "loading") tally = event.tally;
			if (event.type !== "round") {
				doing = { what: DOING[event.type](event as never), round: event.round, sinceMs: performance.now() };
				show();
				return;
			}
			doing = tally = undefined;
			live.clear();
			printRound(stream, event);
		},
		pass: (text) => {
			// The live line needs a line of its own: an unfinished line of the target waits for its end.
			const end = text.lastIndexOf("\n") + 1;
			live.clear();
			if (end > 0) stream.write(unfinishedLine + text.slice(0, end));
			unfinishedLine = (end > 0 ? "" : unfinishedLine) + text.slice(end);
			show();
		},
		end: () => {
			clearInterval(timer);
			live.clear();
			live.done();
			if (unfinishedLine !== "") stream.write(`${unfinishedLine}\n`);
			unfinishedLine = "";
			doing = undefined;
		},
	};
}

interface Doing {
	readonly what: string;
	readonly round: number;
	readonly sinceMs: number;
}

function liveLine({ what, round, sinceMs }: Doing, rounds: number, counts: Tally | undefined): string {
	const load = counts && `, ${number(counts.total - counts.refused)} requests, ${number(counts.lost)} lost`;
	return `round ${round} of ${rounds}: ${what}, ${duration(performance.now() - sinceMs)}${load ?? ""}`;
}

const DOING: {
	[Type in Exclude<DrillEvent["type"], "round">]: (event: Extract<DrillEvent, { type: Type }>) => string;
} = {
	starting: () => "starting the target",
	up: ({ url }) => `${url} answers`,
	idling: ({ forMs }) => `leaving a connection idle for ${duration(forMs)}`,
	loading: () => "loading",
	stopping: ({ by }) => `waiting for it to end after ${by}`,
	ended: () => "counting",
};

function printRound(stream: NodeJS.WriteStream, event: DrillEvent): void {
	if (event.type === "round") stream.write(`${roundLine(event.report)}\n`);
}
