import type { RawConnection } from "../wire/raw-connection.ts";
import { checkPositive } from "./check-positive.ts";
import { http1 } from "./http1-requests.ts";
import { LoadRun } from "./load-run.ts";
import type { Endpoint, RunningLoad } from "./running-load.ts";

/** Requests that are due at a fixed rate, however long the responses take. */
export interface OpenModel {
	readonly name: string;
	readonly requestsPerSecond: number;
	/** How many connections may be open or opening at the same time. */
	readonly maxConnections: number;
	/** True if an idle connection takes the next request, the one used last first. Otherwise each connection takes one. */
	readonly keepsAlive: boolean;
}

/**
 * Starts a load. A request that is due while all connections are busy is sent as soon as one is free, the oldest first; its
 * record says when it was due. Requests that are still overdue when the load finishes, or whose connection is still opening,
 * are dropped without a record. Throws what `http1Load` throws.
 */
export function openModelLoad(endpoint: Endpoint, model: OpenModel): RunningLoad {
	const { name, requestsPerSecond, maxConnections, keepsAlive } = model;
	if (!(requestsPerSecond > 0 && requestsPerSecond < Number.POSITIVE_INFINITY))
		throw new RangeError(`requestsPerSecond: wanted a positive number, got ${requestsPerSecond}`);
	checkPositive("maxConnections", maxConnections);
	const { open, request } = http1(endpoint);
	const overdue: number[] = [];
	const run = new LoadRun<RawConnection>(endpoint, { name, open, overdue: () => overdue.length });
	const idle: RawConnection[] = [];
	const send = (connection: RawConnection, dueAtMs: number) => connection.send([{ ...request(run.nextId()), dueAtMs }]);
	const sendDue = (): void => {
		while (overdue.length > 0) {
			const connection = takeLastUsable(idle);
			if (!connection && run.connections === maxConnections) return;
			const dueAtMs = overdue.shift() as number;
			if (connection) send(connection, dueAtMs);
			else run.open(clientFor(dueAtMs));
		}
	};
	const clientFor = (dueAtMs: number) => ({
		dueAtMs,
		opened: (connection: RawConnection) => send(connection, dueAtMs),
		settled: (connection: RawConnection) => {
			if (!keepsAlive) connection.close();
			else if (connection.usable) idle.push(connection);
			sendDue();
		},
		closed: () => {
			if (!run.finishing) sendDue();
		},
	});
	everyDue(run, 1000 / requestsPerSecond, (dueAtMs) => {
		overdue.push(dueAtMs);
		sendDue();
	});
	return run;
}

/** Calls `due` for every instant that is due: late if the process was busy or asleep, but none is left out. */
function everyDue(run: LoadRun<RawConnection>, everyMs: number, due: (dueAtMs: number) => void): void {
	const startedAtMs = performance.now();
	let count = 0;
	const wake = (): void => {
		const now = performance.now();
		for (; startedAtMs + count * everyMs <= now; count++) due(startedAtMs + count * everyMs);
		run.later(startedAtMs + count * everyMs - now, wake);
	};
	wake();
}

/** Takes the usable connection that became idle last. */
function takeLastUsable(idle: RawConnection[]): RawConnection | undefined {
	for (;;) {
		const connection = idle.pop();
		if (!connection || connection.usable) return connection;
	}
}
