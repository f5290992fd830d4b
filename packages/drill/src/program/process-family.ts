import { setTimeout as delay } from "node:timers/promises";
import type { ProcessReport } from "../record/drill-report.ts";
import { type ListeningPort, listeningPorts } from "./listening-port.ts";
import type { ProcessEntry, ProcessTable } from "./process-table.ts";

/** Decides, given all living processes, which of them belong to a family by themselves. */
export type Claim = (entries: readonly ProcessEntry[]) => (entry: ProcessEntry) => boolean;

const lookAgainMs = 10;

/**
 * A program as processes: those that are claimed, all their descendants, and whoever was of the family when it was looked at
 * before, even if it has since lost its parent. The drill itself never is.
 */
export class ProcessFamily {
	readonly #table: ProcessTable;
	readonly #claim: Claim;
	/** What the last look found: pid to start. */
	#known: ReadonlyMap<number, number> = new Map();

	constructor(table: ProcessTable, claim: Claim) {
		this.#table = table;
		this.#claim = claim;
	}

	/** Its living members, in the order of their pids. */
	async look(): Promise<ProcessEntry[]> {
		const members = this.#members(await this.#table.read());
		if (members.length > 0) return members;
		// "None" has consequences, and one look may miss a process: in the middle of an exec it has no environment.
		await delay(lookAgainMs);
		return this.#members(await this.#table.read());
	}

	/** The same, without the event loop and in one look. */
	lookSync(): ProcessEntry[] {
		return this.#members(this.#table.readSync());
	}

	/** Its living members, for people. */
	async processes(): Promise<ProcessReport[]> {
		return this.#reports(await this.look());
	}

	/** Those that still live when the time is over; comes back earlier if none is left. */
	async left(patienceMs: number): Promise<ProcessReport[]> {
		const deadline = performance.now() + patienceMs;
		let members = await this.look();
		while (members.length > 0 && performance.now() < deadline) {
			await delay(lookAgainMs * 2);
			members = await this.look();
		}
		return this.#reports(members);
	}

	/** Where it can be reached, in the order of pids, then of descriptors. */
	async listeningPorts(): Promise<ListeningPort[]> {
		const members = await this.look();
		return listeningPorts(await this.#table.listening(members.map(({ pid }) => pid)));
	}

	#members(entries: readonly ProcessEntry[]): ProcessEntry[] {
		const claimed = this.#claim(entries);
		const children = childrenOf(entries);
		const members = new Map<number, ProcessEntry>();
		const add = (entry: ProcessEntry): void => {
			// A drill may be started by what it drills.
			if (members.has(entry.pid) || entry.pid === process.pid) return;
			members.set(entry.pid, entry);
			for (const child of children.get(entry.pid) ?? []) add(child);
		};
		for (const entry of entries) if (this.#known.get(entry.pid) === entry.startedAt || claimed(entry)) add(entry);
		this.#known = new Map([...members.values()].map(({ pid, startedAt }) => [pid, startedAt]));
		return [...members.values()].sort((a, b) => a.pid - b.pid);
	}

	#reports(members: readonly ProcessEntry[]): ProcessReport[] {
		return members.map((entry) => ({ pid: entry.pid, command: this.#table.commandOf(entry) }));
	}
}

function childrenOf(entries: readonly ProcessEntry[]): Map<number, ProcessEntry[]> {
	const children = new Map<number, ProcessEntry[]>();
	for (const entry of entries) {
		const siblings = children.get(entry.parent);
		if (siblings) siblings.push(entry);
		else children.set(entry.parent, [entry]);
	}
	return children;
}
