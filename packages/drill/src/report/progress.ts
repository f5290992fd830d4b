import { createLogUpdate } from "log-update";
import type { DrillEvent, TellDrill } from "../record/drill-event.ts";
import { duration, number } from "../record/durations.ts";
import type { Tally } from "../record/outcome.ts";
import { roundLine } from "./round-line.ts";

/** What a drill says while it runs. */
export interface Progress {
	readonly tell: TellDrill;
	/** Passes on what the target says. */
	readonly pass: (text: string) => void;
	/** Says no more, and leaves a clean screen. */
	end(): void;
}

/** How often the live line is written anew. */
const EVERY_MS = 100;

/**
 * A line for each round that is done. On a terminal, below them, a live one says what is going on; elsewhere, and where
 * `CI` is set, there is none.
 */
export function progressOn(stream: NodeJS.WriteStream, rounds: number): Progress {
	if (stream.isTTY === true && !process.env.CI) return liveProgressOn(stream, rounds);
	return { tell: (event) => printRound(stream, event), pass: (text) => void stream.write(text), end: () => {} };
}

function liveProgressOn(stream: NodeJS.WriteStream, rounds: number): Progress {
	const live = createLogUpdate(stream);
	let doing: Doing | undefined;
	let tally: (() => Tally) | undefined;
	let unfinishedLine = "";
	const show = (): void => {
		if (doing !== undefined) live(liveLine(doing, rounds, tally?.()));
	};
	const timer = setInterval(show, EVERY_MS).unref();
	return {
		tell: (event) => {
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
			// The live line has to stand on a line of its own.
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
