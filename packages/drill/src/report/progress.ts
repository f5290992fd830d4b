import { createLogUpdate } from "log-update";
import type { DrillEvent, TellDrill } from "../drill/drill-event.ts";
import type { Tally } from "../outcome.ts";
import { duration, number } from "./durations.ts";
import { roundLine } from "./round-line.ts";

/** What a drill says while it runs. */
export interface Progress {
	readonly tell: TellDrill;
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
	if (stream.isTTY !== true || process.env.CI) return { tell: (event) => printRound(stream, event), end: () => {} };
	const live = createLogUpdate(stream);
	let doing: { what: string; round: number; sinceMs: number } | undefined;
	let tally: (() => Tally) | undefined;
	const show = (): void => {
		if (doing === undefined) return;
		const counts = tally?.();
		const load = counts && `, ${number(counts.total - counts.refused)} requests, ${number(counts.lost)} lost`;
		live(
			`round ${doing.round} of ${rounds}: ${doing.what}, ${duration(performance.now() - doing.sinceMs)}${load ?? ""}`,
		);
	};
	const timer = setInterval(show, EVERY_MS).unref();
	const tell: TellDrill = (event) => {
		if (event.type === "loading") tally = event.tally;
		if (event.type !== "round") {
			doing = { what: DOING[event.type](event as never), round: event.round, sinceMs: performance.now() };
			show();
			return;
		}
		doing = tally = undefined;
		live.clear();
		printRound(stream, event);
	};
	return {
		tell,
		end: () => {
			clearInterval(timer);
			live.clear();
			live.done();
		},
	};
}

const DOING: {
	[Type in Exclude<DrillEvent["type"], "round">]: (event: Extract<DrillEvent, { type: Type }>) => string;
} = {
	starting: () => "starting the target",
	up: ({ url }) => `${url} answers`,
	loading: () => "loading",
	stopping: ({ by }) => `waiting for it to end after ${by}`,
	ended: () => "counting",
};

function printRound(stream: NodeJS.WriteStream, event: DrillEvent): void {
	if (event.type === "round") stream.write(`${roundLine(event.report)}\n`);
}
