import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import type { TestContext } from "node:test";

/** A child that hangs is killed after this, so that its test fails with its output. No test asserts on it. */
const GUARD_MS = 45_000;

/** How a child ended. */
export interface Ending {
	/** The exit code, or the signal that killed it. */
	readonly exit: number | NodeJS.Signals | null;
	readonly stdout: string;
	readonly stderr: string;
}

/** A program under test: a real process, stopped by real signals. */
export class Child {
	readonly process: ChildProcess;
	/** Resolves when the process has ended and everything it wrote has been read. */
	readonly ended: Promise<Ending>;
	#stdout = "";
	#stderr = "";
	#isOver = false;
	readonly #waiting = new Set<() => void>();

	constructor(
		test: Pick<TestContext, "after">,
		command: string,
		args: readonly string[],
		options: SpawnOptions = {},
		guardMs: number = GUARD_MS,
	) {
		this.process = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], ...options });
		const { pid } = this.process;
		const killAll = (): void => {
			try {
				// A child that leads a process group is killed with all of it.
				if (pid !== undefined) process.kill(options.detached === true ? -pid : pid, "SIGKILL");
			} catch {
				// It has ended already.
			}
		};
		const guard = setTimeout(killAll, guardMs);
		this.process.stdout?.setEncoding("utf8").on("data", (text: string) => {
			this.#stdout += text;
			this.#look();
		});
		this.process.stderr?.setEncoding("utf8").on("data", (text: string) => {
			this.#stderr += text;
			this.#look();
		});
		this.ended = new Promise((resolve, reject) => {
			this.process.once("error", reject);
			this.process.once("close", (code, signal) => {
				clearTimeout(guard);
				this.#isOver = true;
				this.#look();
				resolve({ exit: code ?? signal, stdout: this.#stdout, stderr: this.#stderr });
			});
		});
		test.after(async () => {
			if (!this.#isOver) killAll();
			await this.ended;
		});
	}

	/** Resolves when the output of the child matches `pattern`; rejects if the child ends before. */
	printed(pattern: RegExp): Promise<RegExpExecArray> {
		return new Promise((resolve, reject) => {
			const look = (): void => {
				const match = pattern.exec(this.#stderr) ?? pattern.exec(this.#stdout);
				if (match === null && !this.#isOver) return;
				this.#waiting.delete(look);
				if (match !== null) resolve(match);
				else reject(new Error(`never printed ${pattern}:\n${this.#stdout}${this.#stderr}`));
			};
			this.#waiting.add(look);
			look();
		});
	}

	/** Resolves when the service is running. */
	async running(): Promise<void> {
		await this.printed(/ is running$/m);
	}

	/** Resolves to the port when the service is running. */
	async port(): Promise<number> {
		await this.running();
		const [, port] = await this.printed(/ listens on http:\/\/\S+:(\d+)$/m);
		return Number(port);
	}

	kill(signal: NodeJS.Signals): void {
		this.process.kill(signal);
	}

	#look(): void {
		for (const look of [...this.#waiting]) look();
	}
}
