import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** A program that hangs is killed after this, so that its round fails with its output. No test asserts on it. */
const GUARD_MS = 60_000;

const WITHOUT_LASTCALL = new URL("./fixtures/without-lastcall.js", import.meta.url).href;

/** How a program ended. */
export interface ProgramEnd {
	/** The exit code, or the signal that killed it. */
	readonly exit: number | NodeJS.Signals | null;
	readonly log: string;
}

/** An example in a process of its own. */
export class Program {
	readonly ended: Promise<ProgramEnd>;
	/** Resolves when the program is running; rejects if it ends before. */
	readonly running: Promise<void>;
	readonly #child: ChildProcess;
	#log = "";

	/**
	 * @param example its name, without the extension
	 * @param withLastcall true for the library, false for a replacement that exits at the signal
	 */
	constructor(example: string, env: Readonly<Record<string, string>>, withLastcall = true) {
		const file = fileURLToPath(new URL(`../../../../../examples/dist/${example}.js`, import.meta.url));
		const args = withLastcall ? [file] : ["--import", WITHOUT_LASTCALL, file];
		this.#child = spawn(process.execPath, args, {
			stdio: ["ignore", "pipe", "pipe"],
			env: { ...process.env, PORT: "0", ...env },
		});
		const guard = setTimeout(() => this.#child.kill("SIGKILL"), GUARD_MS);
		this.ended = new Promise((resolve, reject) => {
			this.#child.once("error", reject);
			this.#child.once("close", (code, signal) => {
				clearTimeout(guard);
				resolve({ exit: code ?? signal, log: this.#log });
			});
		});
		this.running = new Promise((resolve, reject) => {
			for (const stream of [this.#child.stdout, this.#child.stderr]) {
				stream?.setEncoding("utf8").on("data", (text: string) => {
					this.#log += text;
					if (/lastcall: .+ is running/.test(this.#log)) resolve();
				});
			}
			this.ended.then(() => reject(new Error(`${example} never ran:\n${this.#log}`)), reject);
		});
		this.running.catch(() => {});
	}

	/** The port that it listens on. */
	get port(): number {
		return Number(/ listens on http:\/\/\S+:(\d+)\b/.exec(this.#log)?.[1]);
	}

	/** Stops it when it is idle, which must succeed. */
	async stopIdle(): Promise<void> {
		this.kill("SIGTERM");
		const { exit, log } = await this.ended;
		if (exit !== 0) throw new Error(`exit code ${exit}:\n${log}`);
	}

	kill(signal: NodeJS.Signals): void {
		this.#child.kill(signal);
	}
}
