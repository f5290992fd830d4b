import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "./folder.ts";
import type { Machine } from "./machine.ts";

/** The requests of one peer under one load. */
export interface LostCell {
	/** Requests on open connections: without those whose connection was refused. */
	readonly sent: number;
	readonly lost: number;
	readonly stops: number;
	/** From the signal to the exit, the median. */
	readonly exitMs: number;
	/** Exit codes, signals, and `killed` where the grace period was over. */
	readonly ends: readonly string[];
}

/** By the key of the load. */
export type LostRow = Readonly<Record<string, LostCell>>;

/** What one peer costs. A field that is not there can't be measured of this peer. */
export interface CostRow {
	/** Instructions in user space for each request. */
	readonly instructions?: number;
	/** Of the heap, for each idle connection. */
	readonly connectionBytes?: number;
	/** Of the import, over that of `node:http`. */
	readonly importCpuMs?: number;
	readonly importBytes?: number;
	/** Files that the import loads. */
	readonly modules?: number;
	readonly installedBytes?: number;
	readonly packages?: number;
}

/** What a shutdown costs with many idle connections. */
export interface ScaleCell {
	readonly exitMs: number;
	/** `null` where the process did not live to say it. */
	readonly longestTurnMs: number | null;
	readonly cpuMs: number | null;
}

/** Where and when a part was measured. */
export interface Part<Row> {
	readonly date: string;
	readonly isQuick: boolean;
	readonly rounds: number;
	readonly versions: Readonly<Record<string, string>>;
	readonly machine: Machine;
	/** By the key of the peer. */
	readonly rows: Readonly<Record<string, Row>>;
}

/** The kept results. Each part keeps those of its last run. */
export interface Results {
	lost?: Part<LostRow>;
	cost?: Part<CostRow>;
	/** By the number of connections. */
	scale?: Part<Readonly<Record<string, ScaleCell>>>;
}

export type PartName = keyof Results;
export const PARTS = ["lost", "cost", "scale"] as const;

const file = join(root, "bench/results/results.json");

/** The kept results; without any, an empty object. */
export async function readResults(): Promise<Results> {
	try {
		return JSON.parse(await readFile(file, "utf8")) as Results;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
		throw error;
	}
}

/** Keeps these results. */
export async function writeResults(results: Results): Promise<void> {
	await writeFile(file, `${JSON.stringify(results, null, "\t")}\n`);
}
