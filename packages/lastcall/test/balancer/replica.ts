import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("./fixtures/replica.js", import.meta.url));

/** How a replica ends at SIGTERM. */
export const ENDINGS = ["lastcall", "wait, close", "close", "process.exit"] as const;

export type Ending = (typeof ENDINGS)[number];

export interface ReplicaOptions {
	readonly ending: Ending;
	readonly port: number;
	readonly lameDuckMs: number;
	/** How long each request keeps the CPU busy, in milliseconds. */
	readonly computeMs: number;
	/** The file to which all replicas append the ids of the requests that they execute. */
	readonly executedFile: string;
}

/** One server behind the load balancer, in a process of its own. */
export class Replica {
	readonly port: number;
	/** Resolves when the load balancer has sent it a request. */
	readonly chosen: Promise<void>;
	/** Resolves when the replica's lame duck has lasted long enough. */
	readonly draining: Promise<void>;
	readonly #child: ChildProcess;
	readonly #ended: Promise<number | NodeJS.Signals | null>;
	#output = "";

	/** Resolves once it is ready; rejects with its output if it ends before. */
	static async start(options: ReplicaOptions): Promise<Replica> {
		const replica = new Replica(options);
		const ended = replica.#ended.then((exit) => {
			throw new Error(`replica ended by ${exit} before it was ready:\n${replica.#output}`);
		});
		await Promise.race([replica.#message("ready"), ended]);
		ended.catch(() => {});
		return replica;
	}

	private constructor({ ending, port, lameDuckMs, computeMs, executedFile }: ReplicaOptions) {
		this.port = port;
		const args = [ending, String(port), String(lameDuckMs), executedFile, String(computeMs)];
		this.#child = spawn(process.execPath, [program, ...args], {
			stdio: ["ignore", "ignore", "pipe", "ipc"],
		});
		this.chosen = this.#message("chosen");
		this.draining = new Promise((resolve) => {
			this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
				this.#output += text;
				if (this.#output.includes("lastcall: draining")) resolve();
			});
		});
		this.#ended = once(this.#child, "close").then(([code, signal]) => code ?? signal);
	}

	/** Stops it, as an orchestrator does. Resolves to its exit code, or the signal that ended it. */
	stop(): Promise<number | NodeJS.Signals | null> {
		this.#child.kill("SIGTERM");
		return this.#ended;
	}

	async kill(): Promise<void> {
		this.#child.kill("SIGKILL");
		await this.#ended;
	}

	#message(wanted: string): Promise<void> {
		return new Promise((resolve) => {
			this.#child.on("message", (message) => {
				if (message === wanted) resolve();
			});
		});
	}
}
