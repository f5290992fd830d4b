import type { ConnectionEnd } from "../connection-end.ts";
import { isLost, type RequestRecord } from "../outcome.ts";
import { type ConnectionListener, RawConnection } from "../raw-connection.ts";
import { rawSocketOpener } from "../raw-socket.ts";
import { requestHead } from "../request-head.ts";
import type { OutgoingRequest } from "../request-queue.ts";
import { checkPositive } from "./check-positive.ts";
import type { FinishOptions, LoadTarget, RunningLoad } from "./load.ts";
import { Steadiness } from "./steadiness.ts";

/** What makes a load the one it is. */
export interface LoadKind {
	readonly name: string;
	/** How many clients, each with one connection at a time. */
	readonly connections: number;
	/** A client whose connection ended opens another one. */
	readonly repeats: boolean;
	/** A client is steady with its first whole answer; otherwise it says so itself, with `run.reached`. */
	readonly steadyOnAnswer: boolean;
	/** The length of every request's body. */
	readonly contentLength?: number;
	readonly expectBytes?: number | undefined;
	readonly slow?: { readonly bytesPerRead: number; readonly everyMs: number };
	client(run: LoadRun): LoadClient;
}

/** What one client does on its connections, one after the other. */
export interface LoadClient {
	opened(connection: RawConnection): void;
	answerBegan?(connection: RawConnection): void;
	/** Not called once the load is finishing. */
	settled?(connection: RawConnection, record: RequestRecord): void;
	closed?(): void;
}

const retryAfterMs = 20;
const refusalsRecordedPerClient = 3;
const bodyMethods = new Set(["POST", "PUT", "PATCH"]);
let loadsStarted = 0;

/** The engine of every kind: opens connections, replaces them, collects records, finishes. */
export class LoadRun implements RunningLoad {
	readonly name: string;
	readonly steady: Promise<void>;
	readonly #kind: LoadKind;
	readonly #openSocket: ReturnType<typeof rawSocketOpener>;
	readonly #head: (id: string) => string;
	readonly #isHead: boolean;
	readonly #where: string;
	readonly #idStart: string;
	readonly #steadiness: Steadiness<LoadClient>;
	readonly connectionsEnded: ConnectionEnd[] = [];
	readonly #records: RequestRecord[] = [];
	readonly #connections = new Set<RawConnection>();
	readonly #timers = new Set<NodeJS.Timeout>();
	#ids = 0;
	#connectionsOpened = 0;
	#refusedAttempts = 0;
	#finishing: Promise<RequestRecord[]> | undefined;
	#allClosed: (() => void) | undefined;

	/** Starts at once. Throws a `TypeError` or `RangeError` for a target or a number that can't be used. */
	constructor(target: LoadTarget, kind: LoadKind) {
		checkPositive("connections", kind.connections);
		const { method = "GET" } = target;
		this.name = kind.name;
		this.#kind = kind;
		this.#openSocket = rawSocketOpener(target);
		this.#head = requestHead(target, kind.contentLength ?? (bodyMethods.has(method) ? 0 : undefined));
		this.#isHead = method === "HEAD";
		this.#where = `${target.host}:${target.port}`;
		this.#idStart = `${kind.name}.${loadsStarted++}-`;
		this.#steadiness = new Steadiness(kind.connections);
		this.steady = this.#steadiness.promise;
		for (let count = 0; count < kind.connections; count++) this.#connect(kind.client(this), 0);
	}

	get refusedAttempts(): number {
		return this.#refusedAttempts;
	}

	/** The next request, with an id of its own. */
	request(): OutgoingRequest {
		const id = `${this.#idStart}${this.#ids++}`;
		return { id, head: this.#head(id), isHead: this.#isHead, expectBytes: this.#kind.expectBytes };
	}

	/** Notes that a client is in its steady state. Again is nothing. */
	reached(client: LoadClient): void {
		this.#steadiness.reached(client);
	}

	/** Does something later, unless the load is finishing by then. */
	later(delayMs: number, action: () => void): void {
		const timer = setTimeout(() => {
			this.#timers.delete(timer);
			action();
		}, delayMs);
		this.#timers.add(timer);
	}

	finish(options: FinishOptions = {}): Promise<RequestRecord[]> {
		this.#finishing ??= this.#finish(options.timeoutMs ?? 30_000);
		return this.#finishing;
	}

	async #finish(timeoutMs: number): Promise<RequestRecord[]> {
		this.#steadiness.failed(new Error(`The load ${this.name} was finished before it was steady.`));
		for (const timer of this.#timers) clearTimeout(timer);
		for (const connection of this.#connections) if (connection.inFlight === 0) connection.close();
		if (this.#connections.size > 0) {
			const closed = new Promise<void>((resolve) => {
				this.#allClosed = resolve;
			});
			const timer = setTimeout(() => {
				for (const connection of this.#connections) connection.giveUp();
			}, timeoutMs);
			await closed;
			clearTimeout(timer);
		}
		return this.#records;
	}

	#connect(client: LoadClient, refusals: number): void {
		const options = { number: this.#connectionsOpened++, slow: this.#kind.slow };
		this.#connections.add(new RawConnection(this.#openSocket, this.#listener(client, refusals), options));
	}

	#listener(client: LoadClient, refusals: number): ConnectionListener {
		return {
			opened: (connection) => client.opened(connection),
			answerBegan: (connection) => client.answerBegan?.(connection),
			settled: (connection, record) => {
				this.#records.push(record);
				if (this.#kind.steadyOnAnswer && record.status !== undefined && !isLost(record.outcome)) this.reached(client);
				if (!this.#finishing) client.settled?.(connection, record);
				else if (connection.inFlight === 0) connection.close();
			},
			refused: (connection, error) => this.#refused(connection, error, client, refusals),
			closed: (connection, end) => {
				this.connectionsEnded.push(end);
				client.closed?.();
				if (!this.#kind.repeats) this.#steadiness.failedFor(client, this.#failure("ended too early", end.error));
				if (this.#kind.repeats && !this.#finishing) this.#connect(client, refusals);
				this.#forget(connection);
			},
		};
	}

	#refused(connection: RawConnection, error: string | undefined, client: LoadClient, refusals: number): void {
		if (error !== undefined && !this.#finishing) {
			this.#refusedAttempts++;
			if (refusals < refusalsRecordedPerClient) this.#recordRefusal(connection, error);
			this.#steadiness.failed(this.#failure("was refused", error));
			if (this.#kind.repeats) this.later(retryAfterMs, () => this.#connect(client, refusals + 1));
		}
		this.#forget(connection);
	}

	#recordRefusal(connection: RawConnection, error: string): void {
		this.#records.push({
			id: this.request().id,
			connection: connection.number,
			nth: 0,
			sentAtMs: connection.askedAtMs,
			endedAtMs: performance.now(),
			outcome: "refused",
			error,
		});
	}

	#failure(what: string, error: string | undefined): Error {
		return new Error(`A connection of the load ${this.name} to ${this.#where} ${what} (${error ?? "no error"}).`);
	}

	#forget(connection: RawConnection): void {
		this.#connections.delete(connection);
		if (this.#connections.size === 0) this.#allClosed?.();
	}
}
