import type { RoundReport } from "../record/drill-report.ts";
import { addTallies, type Tally } from "../record/outcome.ts";

/** Adds up the requests of each load over all rounds, in the order of the loads. */
export function loadTotals(rounds: readonly RoundReport[]): [name: string, tally: Tally][] {
	const names = new Set(rounds.flatMap(({ loads }) => loads.map(({ name }) => name)));
	return [...names].map((name) => [
		name,
		addTallies(rounds.flatMap(({ loads }) => loads.filter((load) => load.name === name).map((load) => load.tally))),
	]);
}
