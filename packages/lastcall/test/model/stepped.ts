import { fileURLToPath } from "node:url";
import { MessageChannel, type MessagePort, Worker } from "node:worker_threads";

/** One step of the frozen server: what to do in it, and how many turns of its loop to let pass. */
export type Command =
	| { readonly do: "open"; readonly kind: "lastcall" | "bare" }
	| { readonly do: "turns" | "finish" | "stop"; readonly turns: number }
	/** Runs freely, everything held being finished, until the shutdown is over. */
	| { readonly do: "free" };

/** What the server says at the end. */
export interface Finished {
	/** The ids of the requests that were handed to the handler. */
	readonly executed: readonly string[];
	/** What the report names as left. */
	readonly left: readonly string[];
}

/** The linger of the server under the model. */
export const LINGER_MS = 120;

/** A server in a thread of its own, which only moves when it is told to. */
export class SteppedServer {
	readonly #worker: Worker;
	readonly #port: MessagePort;
	readonly #flag = new Int32Array(new SharedArrayBuffer(4));

	constructor() {
		const { port1, port2 } = new MessageChannel();
		this.#port = port1;
		this.#worker = new Worker(fileURLToPath(new URL("./fixtures/stepped-server.js", import.meta.url)), {
			workerData: { port: port2, flag: this.#flag, lingerMs: LINGER_MS, gracePeriodMs: 1_500 },
			transferList: [port2],
		});
	}

	/** Carries one command out; the server is frozen again when this resolves. */
	step<Result = void>(command: Command): Promise<Result> {
		return new Promise((resolve, reject) => {
			const failed = (error: Error): void => reject(error);
			this.#worker.once("error", failed);
			this.#port.once("message", (result: Result) => {
				this.#worker.off("error", failed);
				resolve(result);
			});
			this.#port.postMessage(command);
			Atomics.store(this.#flag, 0, 1);
			Atomics.notify(this.#flag, 0);
		});
	}

	async close(): Promise<void> {
		await this.#worker.terminate();
		this.#port.close();
	}
}
