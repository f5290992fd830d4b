import type { ConnectionEnd } from "../record/connection-end.ts";
import { ConnectionTable } from "../record/connection-table.ts";
import { isLost, type RequestRecord, type Tally } from "../record/outcome.ts";
import type { Rows } from "../record/rows.ts";
import { SPEAKS_HTTP2 } from "../wire/request-queue.ts";
import { requestRecord } from "../wire/request-record.ts";
import { checkPositive } from "./check-positive.ts";
import type { LoadClient, LoadConnection, LoadControl } from "./load-client.ts";
import { Records } from "./records.ts";
import type { ClientOptions, RunOptions } from "./run-options.ts";
import type { Endpoint, FinishOptions, RunningLoad } from "./running-load.ts";
import { Steadiness } from "./steadiness.ts";
import { Timers } from "./timers.ts";

const RETRY_AFTER_MS = 20;
const REFUSALS_RECORDED_PER_CLIENT = 3;

/** The engine of every load: opens connections, replaces them, collects their records, finishes. */
export class LoadRun<Connection extends LoadConnection> implements RunningLoad, LoadControl<Connection> {
	readonly name: string;
	readonly steady: Promise<void>;
	readonly ends: ConnectionTable = new ConnectionTable();
	readonly #open: RunOptions<Connection>["open"];
	readonly #overdue: () => number;
	readonly #clients: ClientOptions<Connection> | undefined;
	readonly #where: string;
	readonly #steadiness: Steadiness<object>;
	readonly #records: Records;
	readonly #connections = new Set<Connection>();
	readonly #timers = new Timers();
	#connectionsOpened = 0;
	#refusedAttempts = 0;
	#ending: Promise<void> | undefined;
	#finished: Promise<RequestRecord[]> | undefined;
	#allClosed: (() => void) | undefined;

	/** Starts at once. Throws a `RangeError` for a number that can't be used. */
	constructor({ host, port }: Endpoint, { name, open, clients, overdue = () => 0 }: RunOptions<Connection>) {
		if (clients) checkPositive("connections", clients.connections);
		this.name = name;
		this.#open = open;
		this.#overdue = overdue;
		this.#clients = clients;
		this.#where = `${host}:${port}`;
		this.#records = new Records(name);
		this.#steadiness = new Steadiness(clients?.connections ?? 1);
		this.steady = this.#steadiness.promise;
		if (clients) for (let count = 0; count < clients.connections; count++) this.open(clients.create(this));
	}

	get tally(): Tally {
		return this.#records.tally;
	}

	get records(): Rows<RequestRecord> {
		return this.#records.all;
	}

	get connectionsEnded(): ConnectionEnd[] {
		return [...this.ends];
	}

	get notSteady(): number {
		return this.#steadiness.missing;
	}

	get refusedAttempts(): number {
		return this.#refusedAttempts;
	}

	get overdue(): number {
		return this.#overdue();
	}

	get finishing(): boolean {
		return this.#ending !== undefined;
	}

	/** How many connections are open or opening. */
	get connections(): number {
		return this.#connections.size;
	}

	nextId(): string {
		return this.#records.nextId();
	}

	reached(client: object): void {
		this.#steadiness.reached(client);
	}

	failed(client: object, what: string): void {
		this.#steadiness.failedFor(client, this.#failure(what));
	}

	open(client: LoadClient<Connection>, refusals = 0): void {
		// `#open` returns before it calls the listener.
		const connection: Connection = this.#open(
			{
				opened: () => client.opened(connection),
				responseBegan: () => client.responseBegan?.(connection),
				settled: (record) => this.#settled(client, connection, record),
				refused: (error) => this.#refused(client, connection, refusals, error),
				closed: (end) => this.#closed(client, connection, refusals, end),
			},
			this.#connectionsOpened++,
			() => this.nextId(),
		);
		this.#connections.add(connection);
	}

	later(delayMs: number, action: () => void): void {
		if (!this.finishing) this.#timers.add(delayMs, action);
	}

	end(options: FinishOptions = {}): Promise<void> {
		this.#ending ??= this.#end(options);
		return this.#ending;
	}

	finish(options: FinishOptions = {}): Promise<RequestRecord[]> {
		this.#finished ??= this.end(options).then(() => [...this.records]);
		return this.#finished;
	}

	async #end({ timeoutMs = 30_000, signal, mayStayOpen = false }: FinishOptions): Promise<void> {
		this.#steadiness.failed(new Error(`The load ${this.name} was finished before it was steady.`));
		this.#timers.clear();
		for (const connection of this.#connections) if (connection.inFlight === 0) connection.close();
		if (this.#connections.size > 0) {
			const closed = new Promise<void>((resolve) => {
				this.#allClosed = resolve;
			});
			const giveUp = (): void => {
				for (const connection of this.#connections) connection.giveUp(mayStayOpen);
			};
			if (mayStayOpen) for (const connection of this.#connections) connection.ping?.();
			const timer = setTimeout(giveUp, signal?.aborted ? 0 : timeoutMs);
			signal?.addEventListener("abort", giveUp);
			await closed;
			clearTimeout(timer);
			signal?.removeEventListener("abort", giveUp);
		}
	}

	#settled(client: LoadClient<Connection>, connection: Connection, record: RequestRecord): void {
		this.#records.add(record);
		if (record.error === SPEAKS_HTTP2) this.failed(client, "got an HTTP/2 response: use --load http2");
		if (record.status !== undefined && !isLost(record.outcome)) this.#responded(client);
		if (!this.finishing) client.settled?.(connection, record);
		else if (connection.inFlight === 0) connection.close();
	}

	#responded(client: LoadClient<Connection>): void {
		if (!this.#clients) this.reached(this);
		else if (this.#clients.steadyOnResponse) this.reached(client);
	}

	#closed(client: LoadClient<Connection>, connection: Connection, refusals: number, end: ConnectionEnd): void {
		this.#connections.delete(connection);
		this.ends.add(end);
		client.closed?.(connection);
		if (this.#clients?.repeats === false) this.failed(client, `ended too early (${end.error ?? "no error"})`);
		if (this.#clients?.repeats && !this.finishing) {
			const afterMs = client.reopenAfterMs ? client.reopenAfterMs(connection) : 0;
			if (afterMs !== undefined) this.#reopen(client, refusals, afterMs);
		}
		if (this.#connections.size === 0) this.#allClosed?.();
	}

	/** Without an `error`, the connection was given up before it opened: no request was lost. */
	#refused(client: LoadClient<Connection>, connection: Connection, refusals: number, error: string | undefined): void {
		this.#connections.delete(connection);
		if (error !== undefined && !this.finishing) {
			this.#refusedAttempts++;
			if (refusals < REFUSALS_RECORDED_PER_CLIENT) this.#recordRefusal(connection, error, client.dueAtMs);
			this.#steadiness.failed(this.#failure(`was refused (${error})`));
			client.closed?.(connection);
			if (this.#clients?.repeats) this.#reopen(client, refusals + 1, RETRY_AFTER_MS);
		}
		if (this.#connections.size === 0) this.#allClosed?.();
	}

	#reopen(client: LoadClient<Connection>, refusals: number, afterMs: number): void {
		if (afterMs === 0) this.open(client, refusals);
		else this.later(afterMs, () => this.open(client, refusals));
	}

	#recordRefusal({ life }: Connection, error: string, dueAtMs: number | undefined): void {
		const sent = { id: this.nextId(), connection: life.number, nth: 0, dueAtMs, sentAtMs: life.askedAtMs };
		this.#records.add(requestRecord(sent, { outcome: "refused", error }));
	}

	#failure(what: string): Error {
		return new Error(`A connection of the load ${this.name} to ${this.#where} ${what}.`);
	}
}
