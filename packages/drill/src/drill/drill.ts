import { describeSpec } from "../load/load-spec.ts";
import type { DrillOptions } from "../options/drill-options.ts";
import type { DrillListener } from "../record/drill-event.ts";
import type { DrillReport, RoundData } from "../record/drill-report.ts";
import { addTallies } from "../record/outcome.ts";
import { judge } from "../verdict/judge.ts";
import { playRound } from "./play-round.ts";

/** What a drill needs besides its options. */
export interface DrillContext {
	/** The version of this package. */
	readonly version: string;
	readonly abort: AbortSignal;
	readonly onEvent: DrillListener;
	/** Called with what the target writes. */
	readonly onOutput: (text: string) => void;
}

/** Plays all rounds and judges them. Rejects as `playRound` does. */
export async function drill(
	options: DrillOptions,
	context: DrillContext,
): Promise<{ report: DrillReport; rounds: RoundData[] }> {
	const startedAt = new Date();
	const startedAtMs = performance.now();
	const rounds: RoundData[] = [];
	let url = options.url?.href ?? "";
	for (let round = 1; round <= options.rounds; round++) {
		// The first round has the given seed, so that the seed of a failing round repeats it alone.
		const seed = (options.seed + round - 1) % 2 ** 31;
		const played = await playRound({ options, round, seed, ...context });
		url = played.url;
		rounds.push(played.data);
	}
	const reports = rounds.map(({ report }) => report);
	const { command, pid, stopCommand, grace } = options;
	const report: DrillReport = {
		version: 1,
		drill: { version: context.version, node: process.version, platform: process.platform },
		startedAt: startedAt.toISOString(),
		durationMs: performance.now() - startedAtMs,
		target: {
			url,
			...(command.length === 0 ? undefined : { command }),
			...(pid === undefined ? undefined : { pid }),
			...(stopCommand === undefined ? undefined : { stopCommand }),
			graceMs: grace,
		},
		loads: options.load.map(describeSpec),
		tally: addTallies(reports.map(({ tally }) => tally)),
		rounds: reports,
		verdict: judge(reports, options),
	};
	return { report, rounds };
}
