import { median } from "../median.ts";
import type { Column } from "./columns.ts";
import type { Report } from "./play.ts";

type Round = Report["rounds"][number];

/** What became of one peer, load by load. */
export class Row {
	readonly #rounds = new Map<Column, Round[]>();

	add(column: Column, { rounds }: Report): void {
		this.#rounds.set(column, [...(this.#rounds.get(column) ?? []), ...rounds]);
	}

	/** Requests lost, over all loads. */
	get lost(): number {
		return sum(this.#all, ({ tally }) => tally.lost);
	}

	/** Requests written, over all loads. */
	get total(): number {
		return sum(this.#all, ({ tally }) => tally.total);
	}

	/** The lost requests under one load, counted by the drill's reasons. */
	reasons(column: Column): Map<string, number> {
		const counts = new Map<string, number>();
		for (const { lost } of this.#rounds.get(column) ?? []) {
			for (const { reason } of lost) counts.set(reason, (counts.get(reason) ?? 0) + 1);
		}
		return counts;
	}

	/** The requests lost under one load; a dash if it was not played. */
	lostCell(column: Column): string {
		const rounds = this.#rounds.get(column);
		if (rounds === undefined) return "–";
		const before = sum(rounds, ({ lost }) => lost.filter(({ reason }) => reason === "lost-before-stop").length);
		const lost = sum(rounds, ({ tally }) => tally.lost) - before;
		return `${lost === 0 ? "**0**" : lost}${before === 0 ? "" : ` (${before} before the stop)`}`;
	}

	/** Every way in which the peer ended, the most frequent first. */
	exitCell(): string {
		const counts = new Map<string, number>();
		for (const { exit } of this.#all) {
			const how = exit.killed ? "killed" : (exit.signal ?? `${exit.code}`);
			counts.set(how, (counts.get(how) ?? 0) + 1);
		}
		const ways = [...counts].sort(([, a], [, b]) => b - a);
		return ways.length === 1 ? `${ways[0]?.[0]}` : ways.map(([how, count]) => `${how} ×${count}`).join(", ");
	}

	/** From the stop to the exit: the median and the longest. */
	timeCell(): string {
		const times = this.#all.map(({ exit }) => exit.atMs / 1_000);
		return times.length === 0 ? "–" : `${median(times).toFixed(2)} s, ${Math.max(...times).toFixed(2)} s`;
	}

	get #all(): Round[] {
		return [...this.#rounds.values()].flat();
	}
}

function sum<Item>(items: readonly Item[], of: (item: Item) => number): number {
	return items.reduce((total, item) => total + of(item), 0);
}
