import type { ProcessReport } from "../record/drill-report.ts";
import { killFamily } from "./kill-family.ts";
import type { ListeningPort } from "./listening-port.ts";
import { ProcessFamily } from "./process-family.ts";
import type { ProcessEntry, ProcessTable } from "./process-table.ts";
import { leftPatienceMs, type Program, type ProgramEnd, type SignalOptions } from "./program.ts";
import { sendSignal } from "./send-signal.ts";
import { TargetError } from "./target-error.ts";

interface WatchedProcessOptions {
	readonly table: ProcessTable;
	/** The drill is in the process group of what it watches. */
	readonly isInOurGroup: boolean;
}

const askAgainMs = 5;

/** A target that somebody else has started. Its family is known by ancestry alone. */
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
			}, askAgainMs);
		});
	}

	async finalOutput(): Promise<string> {
		return this.output;
	}

	processes(): Promise<ProcessReport[]> {
		return this.#family.processes();
	}

	leftProcesses(): Promise<ProcessReport[]> {
		return this.#family.left(leftPatienceMs);
	}

	listeningPorts(): Promise<ListeningPort[]> {
		return this.#family.listeningPorts();
	}

	signal(name: NodeJS.Signals, options: SignalOptions = {}): boolean {
		if (!options.group) return this.#isLiving() && sendSignal(this.pid, name);
		const { group } = this.#entry;
		if (this.#options.isInOurGroup) {
			const message = `The drill is itself in the process group ${group} of process ${this.pid}: start one of them elsewhere.`;
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
