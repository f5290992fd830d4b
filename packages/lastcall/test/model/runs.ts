import fc from "fast-check";
import { type Played, play } from "./model.ts";
import { nowMs } from "./now.ts";
import { type Schedule, schedules } from "./schedule.ts";
import { type Kind, SteppedServer } from "./stepped.ts";

/** For how long smaller schedules that lose too are searched. */
const LONGEST_SHRINKING_MS = 60_000;

/** Which schedules to play. */
export interface Runs {
	readonly kind: Kind;
	/** How many, in all. */
	readonly runs: number;
	/** How many at a time: each mostly waits. */
	readonly sideBySide: number;
	/** The seed of the first of those side by side; the others count up from it. */
	readonly seed: number;
	/** The path that a failure has printed: the one schedule to play. */
	readonly path?: string | undefined;
}

/** Plays schedules. Resolves to a description of those that lost something, or undefined if none did. */
export async function playMany({ kind, runs, sideBySide, seed, path }: Runs): Promise<string | undefined> {
	const lanes = Math.min(sideBySide, runs);
	const results = await Promise.all(
		Array.from({ length: lanes }, (_, lane) =>
			playSome(kind, { seed: seed + lane, numRuns: Math.ceil(runs / lanes), ...(path && { path }) }),
		),
	);
	const lost = results.filter((result) => result !== undefined);
	return lost.length > 0 ? lost.join("\n\n") : undefined;
}

/** The schedules of one seed, one after the other, until one of them loses something; then smaller ones like that. */
async function playSome(kind: Kind, parameters: fc.Parameters<[Schedule]>): Promise<string | undefined> {
	let server = new SteppedServer();
	/** The first that lost, as it was seen, and the smallest. If only the timing made it lose, they have little in common. */
	const losing: Played[] = [];
	let played = 0;
	let endsAtMs = Number.POSITIVE_INFINITY;
	const property = fc.asyncProperty(schedules, async (schedule) => {
		// With a path, fast-check goes on from there.
		if ((parameters.path !== undefined && played++ > 0) || nowMs() > endsAtMs) return;
		try {
			const run = await play(server, kind, schedule);
			if (run.lost.length === 0) return;
			losing.push(run);
		} catch (error) {
			await server.close();
			server = new SteppedServer();
			throw error;
		}
		endsAtMs = Math.min(endsAtMs, nowMs() + LONGEST_SHRINKING_MS);
		throw new Error("lost");
	});
	try {
		const { failed, seed, counterexamplePath, errorInstance } = await fc.check(property, {
			...parameters,
			// No smaller schedule is needed of a server that is meant to lose, or of a replay.
			endOnFailure: kind === "bare" || parameters.path !== undefined,
		});
		if (!failed) return undefined;
		const replay = `LASTCALL_MODEL_SEED=${seed} LASTCALL_MODEL_PATH=${counterexamplePath} npm test -- model`;
		const [first, ...others] = losing;
		const error = errorInstance as Error | null;
		return [
			`Something was lost. To replay it: ${replay}`,
			...(first === undefined ? [String(error?.stack)] : [describe("The first schedule that lost", first)]),
			...others.slice(-1).map((last) => describe("The smallest schedule that lost", last)),
		].join("\n\n");
	} finally {
		await server.close();
	}
}

function describe(which: string, { lost, transcript }: Played): string {
	return `${which}:\n${lost.map((line) => `- ${line}`).join("\n")}\nAll that happened:\n${transcript}`;
}
