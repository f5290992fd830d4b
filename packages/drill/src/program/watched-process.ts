import type { ProcessReport } from "../record/drill-report.ts";
import { killFamily } from "./kill-family.ts";
import type { ListeningPort } from "./listening-port.ts";
import { ProcessFamily } from "./process-family.ts";
import type { ProcessEntry, ProcessTable } from "./process-table.ts";
import { LEFT_PATIENCE_MS, type Program, type ProgramEnd, type SignalOptions } from "./program.ts";
import { sendSignal } from "./send-signal.ts";
import { TargetError } from "./target-error.ts";

interface WatchedProcessOptions {
	readonly table: ProcessTable;
	/** True if the drill is in the same process group. */
	readonly isInOurGroup: boolean;
}

const ASK_AGAIN_MS = 5;

/** A program that the drill did not start. Its family is known by ancestry alone. */
export class WatchedProcess implements Program {
	readonly name: string;
	readonly pid: number;
	readonly ended: Promise<ProgramEnd>;
	readonly output = "";
	readonly #entry: ProcessEntry;
	readonly #options: WatchedProcessOptions;
	readonly #family: ProcessFamily;
	#timer: NodeJS.Timeout | undefined;

	constructor(entry: ProcessEntry, options: WatchedProcessOptions) {
		this.name = `process ${entry.pid}`;
		this.pid = entry.pid;
		this.#entry = entry;
		this.#options = options;
		this.#family = new ProcessFamily(
			options.table,
			() =>
				({ pid, startedAt }) =>
					pid === entry.pid && startedAt === entry.startedAt,
		);
		this.ended = new Promise((resolve) => {
			this.#timer = setInterval(() => {
				if (this.#isLiving()) return;
				this.close();
				resolve({ code: null, signal: null, atMs: performance.now() });
			}, ASK_AGAIN_MS);
		});
	}

	async finalOutput(): Promise<string> {
		return this.output;
	}

	processes(): Promise<ProcessReport[]> {
		return this.#family.processes();
	}

	leftProcesses(): Promise<ProcessReport[]> {
		return this.#family.left(LEFT_PATIENCE_MS);
	}

	listeningPorts(): Promise<ListeningPort[]> {
		return this.#family.listeningPorts();
	}

	signal(name: NodeJS.Signals, options: SignalOptions = {}): boolean {
		if (!options.group) return this.#isLiving() && sendSignal(this.pid, name);
		const { group } = this.#entry;
		if (this.#options.isInOurGroup) {
			const message = `The process group ${group} of process ${this.pid} is also the drill's own: start one of the two in another group.`;
			throw new TargetError("ERR_DRILL_OWN_GROUP", message);
		}
		const isOurs = this.#isLiving() || this.#family.lookSync().some((entry) => entry.group === group);
		return isOurs && sendSignal(-group, name);
	}

	async kill(): Promise<void> {
		await killFamily(this.#family);
		this.close();
	}

	close(): void {
		clearInterval(this.#timer);
	}

	#isLiving(): boolean {
		return this.#options.table.isLiving(this.#entry);
	}
}
