import type { ChildProcess } from "node:child_process";
import type { Socket } from "node:net";
import type { ProcessReport } from "../record/drill-report.ts";
import { killFamily, killFamilySync } from "./kill-family.ts";
import { asLastResort } from "./last-resort.ts";
import type { ListeningPort } from "./listening-port.ts";
import { OutputTail } from "./output-tail.ts";
import { ProcessFamily } from "./process-family.ts";
import type { ProcessTable } from "./process-table.ts";
import { LEFT_PATIENCE_MS, type Program, type ProgramEnd, type SignalOptions } from "./program.ts";
import { sendSignal } from "./send-signal.ts";

interface StartedProcessOptions {
	readonly name: string;
	/** A text that only the environment of its processes contains. */
	readonly mark: string;
	readonly table: ProcessTable;
	readonly onOutput: ((text: string) => void) | undefined;
}

const OUTPUT_PATIENCE_MS = 200;

/** A program that the drill has started: its first process is a child, and leads a process group. */
export class StartedProcess implements Program {
	readonly name: string;
	readonly pid: number;
	readonly ended: Promise<ProgramEnd>;
	readonly #child: ChildProcess;
	readonly #family: ProcessFamily;
	readonly #tail: OutputTail = new OutputTail();
	readonly #outputEnded: Promise<void>;
	readonly #forget: () => void;
	/** Until the first process has ended, the kernel gives its pid to no other. */
	#isEnded = false;

	/** @param child has just been spawned */
	constructor(child: ChildProcess, { name, mark, table, onOutput }: StartedProcessOptions) {
		this.name = name;
		this.#child = child;
		this.pid = child.pid as number;
		this.ended = this.#whenEnded();
		this.#outputEnded = new Promise((resolve) => child.once("close", () => resolve()));
		for (const stream of [child.stdout, child.stderr]) {
			stream?.setEncoding("utf8").on("data", (text: string) => {
				this.#tail.push(text);
				onOutput?.(text);
			});
		}
		this.#family = this.#familyIn(table, mark);
		this.#forget = asLastResort(() => {
			this.#killGroup();
			killFamilySync(this.#family);
		});
	}

	get output(): string {
		return this.#tail.text;
	}

	async finalOutput(): Promise<string> {
		await this.ended;
		let timer: NodeJS.Timeout | undefined;
		const impatience = new Promise<void>((resolve) => {
			timer = setTimeout(resolve, OUTPUT_PATIENCE_MS);
		});
		await Promise.race([this.#outputEnded, impatience]);
		clearTimeout(timer);
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
		if (!options.group) return !this.#isEnded && sendSignal(this.pid, name);
		// Without its leader, the group is this program's only as long as a member is in it.
		const isOurs = !this.#isEnded || this.#family.lookSync().some(({ group }) => group === this.pid);
		return isOurs && sendSignal(-this.pid, name);
	}

	async kill(): Promise<void> {
		this.#killGroup();
		await killFamily(this.#family);
		await this.ended;
		this.close();
	}

	close(): void {
		this.#forget();
		this.#child.unref();
		// Reading goes on, since a process that writes would fail without a reader.
		for (const stream of [this.#child.stdout, this.#child.stderr]) (stream as Socket | null)?.unref();
	}

	#whenEnded(): Promise<ProgramEnd> {
		return new Promise((resolve) => {
			// Not 'close', which waits for every process that has inherited the pipes.
			this.#child.once("exit", (code, signal) => {
				this.#isEnded = true;
				resolve({ code, signal, atMs: performance.now() });
			});
		});
	}

	/** Kills the group in one call, so that no member sees another one end. */
	#killGroup(): void {
		try {
			if (!this.#isEnded) sendSignal(-this.pid, "SIGKILL");
		} catch {
			// No permission for any member; macOS says so of a zombie too. `killFamily` finds those that are left one by one.
		}
	}

	#familyIn(table: ProcessTable, mark: string): ProcessFamily {
		let oldest = 0;
		return new ProcessFamily(table, (entries) => {
			// Another process may have got the pid, and with it the number of the group.
			const leader = entries.find(({ pid }) => pid === this.pid);
			const isGroupOurs = !this.#isEnded || leader === undefined;
			if (!this.#isEnded && leader) oldest = leader.startedAt;
			return (entry) => {
				if (entry.pid === this.pid) return !this.#isEnded;
				if (isGroupOurs && entry.group === this.pid) return true;
				// A process that is older is none of ours, and reading all environments takes long.
				return entry.startedAt >= oldest && table.hasInEnvironment(entry, mark);
			};
		});
	}
}
