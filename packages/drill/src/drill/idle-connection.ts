import { setTimeout as delay } from "node:timers/promises";
import { loadKind } from "../load/catalogue.ts";
import { http1Load } from "../load/http1-load.ts";
import type { LoadSpec } from "../load/load-spec.ts";
import type { Endpoint } from "../load/running-load.ts";
import type { IdleReport } from "../record/drill-report.ts";

/**
 * One kept-alive connection that is idle after its first response, as a connection in a load balancer's pool is. HTTP/1.1, also
 * over TLS.
 */
export class IdleConnection {
	/** Resolves when the server has ended or refused the connection. */
	readonly ended: Promise<void>;
	readonly #load: ReturnType<typeof http1Load>;
	#idleSinceMs: number | undefined;
	#endedAtMs: number | undefined;

	/** Opens the connection. Its request is that of the first of `loads` that leaves a connection idle. */
	constructor(endpoint: Endpoint, loads: readonly LoadSpec[]) {
		let resolve: () => void = () => {};
		this.ended = new Promise((done) => {
			resolve = done;
		});
		const { path } = loads.find(specLeavesIdle) ?? {};
		this.#load = http1Load(path === undefined ? endpoint : { ...endpoint, path }, {
			name: "idle",
			connections: 1,
			repeats: false,
			steadyOnResponse: true,
			client: (request) => ({
				opened: (connection) => connection.send([request()]),
				settled: (connection) => {
					// If the response says close, there is no idle connection.
					if (connection.usable) this.#idleSinceMs = performance.now();
				},
				closed: () => {
					this.#endedAtMs = performance.now();
					resolve();
				},
			}),
		});
	}

	/** How long it was idle so far; undefined if it never was, because there was no response or that said close. */
	get report(): IdleReport | undefined {
		if (this.#idleSinceMs === undefined) return undefined;
		const ended = this.#endedAtMs !== undefined;
		return { heldMs: (this.#endedAtMs ?? performance.now()) - this.#idleSinceMs, ended };
	}

	/**
	 * Resolves once it has been idle for `ms`, or the server has ended it, or no response has left it idle within `readyMs`.
	 * Rejects with an `AbortError`, and with the failure of its load.
	 */
	async hold(ms: number, readyMs: number, abort: AbortSignal): Promise<void> {
		const timer = new AbortController();
		const signal = AbortSignal.any([abort, timer.signal]);
		try {
			await Promise.race([this.#load.steady, delay(readyMs, undefined, { signal })]);
			if (this.report) await Promise.race([this.ended, delay(ms, undefined, { signal })]);
		} finally {
			timer.abort();
		}
	}

	/** Closes it. */
	close(): void {
		void this.#load.end({ timeoutMs: 0 });
	}
}

/** Returns true if one of the loads leaves connections idle. */
export function leavesIdle(loads: readonly LoadSpec[]): boolean {
	return loads.some(specLeavesIdle);
}

function specLeavesIdle({ kind }: LoadSpec): boolean {
	return loadKind(kind).leavesIdle;
}
