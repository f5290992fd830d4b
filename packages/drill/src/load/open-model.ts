import type { RawConnection } from "../wire/raw-connection.ts";
import { checkPositive } from "./check-positive.ts";
import { http1 } from "./http1.ts";
import { LoadRun } from "./load-run.ts";
import type { Endpoint, RunningLoad } from "./running-load.ts";

/** Requests that come at a rate of their own, however long the answers take. */
export interface OpenModel {
	readonly name: string;
	readonly requestsPerSecond: number;
	/** Open or being opened at the same time. */
	readonly maxConnections: number;
	/** An idle connection takes the next request, the one used last first. Otherwise each takes one. */
	readonly keepsAlive: boolean;
}

/** A load whose requests come at a rate of their own. */
export interface OpenModelLoad extends RunningLoad {
	/** How many requests are due and not sent, because no connection was free: their users are still waiting. */
	readonly overdue: number;
}

/**
 * Starts a load. One that is due while all connections are busy is sent as soon as one is free, the oldest first; its
 * record says when it was due. What is still overdue when the load is finished, or waits for its connection to open, is
 * dropped without a record. Throws what `http1Load` throws.
 */
export function openModelLoad(endpoint: Endpoint, model: OpenModel): OpenModelLoad {
	const { name, requestsPerSecond, maxConnections, keepsAlive } = model;
	if (!(requestsPerSecond > 0 && requestsPerSecond < Number.POSITIVE_INFINITY))
		throw new RangeError(`requestsPerSecond must be a positive number, not ${requestsPerSecond}.`);
	checkPositive("maxConnections", maxConnections);
	const { open, request } = http1(endpoint);
	const run = new LoadRun<RawConnection>(endpoint, { name, open });
	const overdue: number[] = [];
	const idle: RawConnection[] = [];
	const send = (connection: RawConnection, dueAtMs: number) => connection.send([{ ...request(run.nextId()), dueAtMs }]);
	const sendDue = (): void => {
		while (overdue.length > 0) {
			const connection = lastUsable(idle);
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
	return Object.defineProperty(run, "overdue", { get: () => overdue.length }) as LoadRun<RawConnection> & OpenModelLoad;
}

/** Calls back for each instant that is due, late where the program was busy or asleep, but for every one. */
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

/** The connection that became idle last, of those that are still usable. */
function lastUsable(idle: RawConnection[]): RawConnection | undefined {
	for (;;) {
		const connection = idle.pop();
		if (!connection || connection.usable) return connection;
	}
}
