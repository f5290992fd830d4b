import { measureShutdown, type ShutdownCost } from "../many/measure-shutdown.ts";
import { median } from "../median.ts";
import { peerCommand, peerEnv } from "./launcher.ts";
import type { ScaleCell } from "./results.ts";
import type { Subject } from "./subjects.ts";

/** Idle HTTP/1.1 connections. */
export const COUNTS: readonly number[] = [100, 1_000, 10_000];

function cell(costs: readonly ShutdownCost[]): ScaleCell {
	const of = (key: keyof ShutdownCost): number => median(costs.map((cost) => cost[key]));
	const rounded = (value: number): number | null => (Number.isNaN(value) ? null : Math.round(value * 10) / 10);
	return { exitMs: Math.round(of("exitMs")), longestTurnMs: rounded(of("longestTurnMs")), cpuMs: rounded(of("cpuMs")) };
}

/** What the shutdown of each peer on Node.js costs with many idle connections: medians. */
export async function measureScale(
	folders: ReadonlyMap<Subject, string>,
	rounds: number,
): Promise<Record<string, Record<string, ScaleCell>>> {
	const rows: Record<string, Record<string, ScaleCell>> = {};
	for (const [subject, folder] of folders) {
		if (subject.runtime !== "node") continue;
		const cells: Record<string, ScaleCell> = {};
		for (const count of COUNTS) {
			process.stderr.write(`scale: ${subject.key} ${count}\n`);
			const env = peerEnv("http", { MEASURE: "shutdown", KEEP_ALIVE_MS: "600000" });
			const costs: ShutdownCost[] = [];
			for (let round = 0; round < rounds; round++) {
				costs.push(await measureShutdown(peerCommand(subject, folder), "http", count, env));
			}
			cells[count] = cell(costs);
		}
		rows[subject.key] = cells;
	}
	return rows;
}
