import { setTimeout as delay } from "node:timers/promises";
import type { ProcessReport } from "../record/drill-report.ts";
import { type ListeningPort, listeningPorts } from "./listening-port.ts";
import type { ProcessEntry, ProcessTable } from "./process-table.ts";

/** Decides, given all living processes, which of them belong to a family without regard to their parents. */
export type Claim = (entries: readonly ProcessEntry[]) => (entry: ProcessEntry) => boolean;

const LOOK_AGAIN_MS = 10;

/**
 * A program as processes: those that are claimed, all their descendants, and the members that an earlier look has found, even
 * if they have lost their parent since. The drill itself is never a member.
 */
export class ProcessFamily {
	readonly #table: ProcessTable;
	readonly #claim: Claim;
	/** The members that the last look found, by pid, with their start. */
	#known: ReadonlyMap<number, number> = new Map();

	constructor(table: ProcessTable, claim: Claim) {
		this.#table = table;
		this.#claim = claim;
	}

	/** Returns the living members, in the order of their pids. */
	async look(): Promise<ProcessEntry[]> {
		const members = this.#members(await this.#table.read());
		if (members.length > 0) return members;
		// One look may miss a process: in the middle of an exec it has no environment. "None" needs a second look.
		await delay(LOOK_AGAIN_MS);
		return this.#members(await this.#table.read());
	}

	/** Does the same without the event loop, in one look. */
	lookSync(): ProcessEntry[] {
		return this.#members(this.#table.readSync());
	}

	/** Returns the living members, as reports name them. */
	async processes(): Promise<ProcessReport[]> {
		return this.#reports(await this.look());
	}

	/** Returns the members that are alive after `patienceMs`. Returns earlier if none is left. */
	async left(patienceMs: number): Promise<ProcessReport[]> {
		const deadline = performance.now() + patienceMs;
		let members = await this.look();
		while (members.length > 0 && performance.now() < deadline) {
			await delay(LOOK_AGAIN_MS * 2);
			members = await this.look();
		}
		return this.#reports(members);
	}

	/** Returns where clients can connect, in the order of pids, then of descriptors. */
	async listeningPorts(): Promise<ListeningPort[]> {
		const members = await this.look();
		return listeningPorts(await this.#table.listening(members.map(({ pid }) => pid)));
	}

	#members(entries: readonly ProcessEntry[]): ProcessEntry[] {
		const claimed = this.#claim(entries);
		const children = groupByParent(entries);
		const members = new Map<number, ProcessEntry>();
		const add = (entry: ProcessEntry): void => {
			// The program may have started the drill.
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

function groupByParent(entries: readonly ProcessEntry[]): Map<number, ProcessEntry[]> {
	const children = new Map<number, ProcessEntry[]>();
	for (const entry of entries) {
		const siblings = children.get(entry.parent);
		if (siblings) siblings.push(entry);
		else children.set(entry.parent, [entry]);
	}
	return children;
}
