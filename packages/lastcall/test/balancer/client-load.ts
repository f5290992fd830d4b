import { type Endpoint, pausing, type RequestRecord, type RunningLoad, rate } from "lastcall-drill-clients";

/** The clients of one service. */
export interface Clients {
	/** Resolves when each client has had a response. */
	readonly steady: Promise<unknown>;
	/** Resolves to all requests and their outcomes. */
	finish(): Promise<RequestRecord[]>;
}

/**
 * Everyday load: a fixed number of requests a second, whatever becomes of them, and 20 kept-alive clients that pause
 * between two requests. Half of all are POSTs, which must not be retried.
 */
export function startClients(port: number, requestsPerSecond: number): Clients {
	const get: Endpoint = { host: "127.0.0.1", port };
	const post: Endpoint = { ...get, body: "one more" };
	const loads: RunningLoad[] = [get, post].flatMap((target, seed) => [
		rate(target, { requestsPerSecond: requestsPerSecond / 2 }),
		pausing(target, { connections: 10, maxPauseMs: 400, seed }),
	]);
	return {
		steady: Promise.all(loads.map(({ steady }) => steady)),
		finish: async () => (await Promise.all(loads.map((load) => load.finish({ timeoutMs: 10_000 })))).flat(),
	};
}
