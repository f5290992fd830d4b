import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";
import { promisify } from "node:util";
import { poll } from "../../support/until.ts";
import { fixture } from "../preloaded.ts";
import { NODE_OPTIONS } from "./tool.ts";

const require = createRequire(import.meta.url);
const CLI = join(dirname(require.resolve("pm2/package.json")), "bin/pm2");
/** A wait that takes longer fails its test with the output. No test asserts on it. */
const GUARD_MS = 30_000;

export interface Pm2Options {
	readonly mode: "fork" | "cluster";
	readonly instances?: number;
	/** The argument of the program. */
	readonly kind?: string;
	readonly shutdownWithMessage?: boolean;
	readonly nodeOptions?: string;
}

/** A daemon of PM2 with a home of its own, and a program in it. */
export class Pm2 {
	readonly #home: string = mkdtempSync(join(tmpdir(), "lastcall-pm2-"));
	readonly #env: NodeJS.ProcessEnv;

	private constructor(test: TestContext, { nodeOptions = NODE_OPTIONS }: Pm2Options) {
		this.#env = {
			...process.env,
			NODE_OPTIONS: nodeOptions,
			PM2_HOME: this.#home,
			PM2_DISCRETE_MODE: "true",
			RELEASE_FILE: join(this.#home, "release"),
			NODE_TEST_CONTEXT: undefined,
		};
		test.after(() => this.#end());
	}

	/** Starts the daemon and the program. */
	static async start(test: TestContext, options: Pm2Options): Promise<Pm2> {
		const pm2 = new Pm2(test, options);
		const app = {
			name: "shop",
			script: fixture("handles-signals"),
			args: [options.kind ?? "none"],
			exec_mode: options.mode,
			instances: options.instances ?? 1,
			interpreter: process.execPath,
			kill_timeout: 20_000,
			listen_timeout: 20_000,
			wait_ready: false,
			shutdown_with_message: options.shutdownWithMessage ?? false,
		};
		const file = join(pm2.#home, "ecosystem.config.json");
		writeFileSync(file, JSON.stringify({ apps: [app] }));
		await pm2.run("start", file);
		return pm2;
	}

	/** Runs a command of PM2 to its end. */
	async run(...args: readonly string[]): Promise<string> {
		const { stdout } = await promisify(execFile)(process.execPath, [CLI, ...args], { env: this.#env });
		return stdout;
	}

	/** Begins a command of PM2 that ends when the program has. */
	begin(...args: readonly string[]): Promise<unknown> {
		const child: ChildProcess = spawn(process.execPath, [CLI, ...args], { env: this.#env, stdio: "ignore" });
		return once(child, "exit");
	}

	/**
	 * What the program has written, in all of its processes: the log of lastcall, and then what went to the file descriptor itself,
	 * which is the daemon's in cluster mode.
	 */
	output(): string {
		const logs = join(this.#home, "logs");
		const files = existsSync(logs) ? readdirSync(logs).map((file) => join(logs, file)) : [];
		return [...files, join(this.#home, "pm2.log")].map((file) => readFileSync(file, "utf8")).join("");
	}

	/** What the daemon has written, and in cluster mode the lines of the program that are not lastcall's. */
	daemonOutput(): string {
		return readFileSync(join(this.#home, "pm2.log"), "utf8");
	}

	/** Resolves when the output of the program matches. */
	async printed(pattern: RegExp): Promise<RegExpExecArray> {
		const found = await poll(async () => pattern.test(this.output()), AbortSignal.timeout(GUARD_MS));
		const match = found ? pattern.exec(this.output()) : null;
		if (match === null) throw new Error(`never printed ${pattern}:\n${this.output()}`);
		return match;
	}

	async port(): Promise<number> {
		return Number((await this.printed(/^listens on (\d+)$/m))[1]);
	}

	release(): void {
		writeFileSync(join(this.#home, "release"), "");
	}

	/** The pid of the daemon. */
	daemon(): number {
		return Number(readFileSync(join(this.#home, "pm2.pid"), "utf8"));
	}

	async #end(): Promise<void> {
		if (existsSync(join(this.#home, "pm2.pid"))) {
			const daemon = this.daemon();
			await this.run("kill").catch(() => {});
			try {
				process.kill(daemon, "SIGKILL");
			} catch {
				// It has ended.
			}
		}
		rmSync(this.#home, { recursive: true, force: true, maxRetries: 5 });
	}
}
