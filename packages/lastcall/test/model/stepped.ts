import { fileURLToPath } from "node:url";
import { MessageChannel, type MessagePort, Worker } from "node:worker_threads";
import { loopbackAddress } from "./loopback-address.ts";
import type { Noted } from "./transcript.ts";

/** With lastcall, or with `server.close()` alone. */
export type Kind = "lastcall" | "bare";

/** One step of the frozen server: what to do in it, and how many turns of its loop to let pass. */
export type Command =
	| { readonly do: "open"; readonly kind: Kind }
	| { readonly do: "turns"; readonly turns: number; readonly freezeIn: FreezeIn }
	| { readonly do: "finish" | "stop" | "stopNow"; readonly turns: number }
	/** Runs freely, with all held responses finished, until the shutdown is over. */
	| { readonly do: "free" }
	/** Returns from a handler that blocks. */
	| { readonly do: "leave" };

/**
 * Where in a turn of its event loop the server is frozen: before the next poll, or after it, so that what arrives meanwhile has
 * not been read when the server decides.
 */
export type FreezeIn = "timers" | "check";

/** What the server reports at the end. */
export interface Finished {
	/** The ids of the requests that the handler got, once for each time. */
	readonly executed: readonly string[];
	/** When the handler ended the response, by id. */
	readonly finishedAtMs: ReadonlyMap<string, number>;
	/** The ids of event streams whose handler was silent in the middle of an event: their readers drop the half, and reconnect. */
	readonly halfEvents: ReadonlySet<string>;
	readonly stoppedAtMs: number;
	readonly isHardStopped: boolean;
	/** What was left by the report. */
	readonly left: readonly string[];
	readonly noted: readonly Noted[];
}

/** The linger of the server under the model. */
export const LINGER_MS = 120;

/** A server in a thread of its own, which moves only by command. */
export class SteppedServer {
	readonly host: string = loopbackAddress();
	readonly #worker: Worker;
	readonly #port: MessagePort;
	/** Whether there is a command, and whether to hurry. */
	#hasFailed = false;
	readonly #flags = new Int32Array(new SharedArrayBuffer(8));

	constructor() {
		const { port1, port2 } = new MessageChannel();
		this.#port = port1;
		this.#worker = new Worker(fileURLToPath(new URL("./fixtures/stepped-server.js", import.meta.url)), {
			workerData: { port: port2, flags: this.#flags, lingerMs: LINGER_MS, host: this.host },
			transferList: [port2],
		});
		this.#worker.once("error", () => {
			this.#hasFailed = true;
		});
	}

	/** Runs one command; the server is frozen again when this resolves. */
	step<Result = void>(command: Command): Promise<Result> {
		return new Promise((resolve, reject) => {
			this.#worker.once("error", reject);
			this.#port.once("message", (result: Result) => {
				this.#worker.off("error", reject);
				resolve(result);
			});
			this.#port.postMessage(command);
			Atomics.store(this.#flags, 0, 1);
			Atomics.notify(this.#flags, 0);
		});
	}

	/** While it runs freely: makes a hard stop, since what is in flight has no end. */
	hurry(): void {
		Atomics.store(this.#flags, 1, 1);
	}

	async close(): Promise<void> {
		// Node.js aborts where a thread is terminated within a callback of its HTTP parser.
		if (!this.#hasFailed) await this.step({ do: "leave" });
		await this.#worker.terminate();
		this.#port.close();
	}
}
