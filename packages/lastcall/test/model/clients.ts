import { setTimeout as delay } from "node:timers/promises";
import { RawConnection, type RequestRecord, rawSocketOpener, requestHead } from "lastcall-drill";

/** What a request asks for; each is another custody level of the server. */
export const PATHS = ["/", "/later", "/computing", "/held", "/begun", "/large", "/upload", "/early", "/hang"] as const;
export type Path = (typeof PATHS)[number];

/** A request whose head was written whole. */
export interface Sent {
	readonly id: string;
	readonly path: Path;
	readonly client: number;
	readonly headDoneAtMs: number;
	record: RequestRecord | undefined;
}

/** The length of a large answer: more than the kernel takes while the client does not read. */
export const LARGE_BYTES = 12_000_000;
const BODY = Buffer.alloc(20_000, "b");

/** One client: one raw connection, and the request that it is in the middle of writing. */
class Client {
	readonly connection: RawConnection;
	opened = false;
	closed: Promise<void>;
	/** The part of a head that was not written yet. */
	half: { id: string; path: Path; rest: string } | undefined;
	/** How many bytes of bodies were announced and not written. */
	bodyOwed = 0;

	constructor(port: number, number: number, settled: (record: RequestRecord) => void) {
		let close = (): void => {};
		this.closed = new Promise((resolve) => {
			close = resolve;
		});
		const open = rawSocketOpener({ host: "127.0.0.1", port });
		this.connection = new RawConnection(
			open,
			{
				opened: () => {
					this.opened = true;
				},
				refused: close,
				answerBegan: () => {},
				settled: (_connection, record) => settled(record),
				closed: close,
			},
			{ number },
		);
	}
}

/** The clients of one run, and what became of their requests. */
export class Clients {
	readonly sent = new Map<string, Sent>();
	/** When each connection last had an answer. */
	readonly #answeredAtMs = new Map<number, number>();
	readonly #clients: Client[] = [];
	readonly #port: number;
	#ids = 0;

	constructor(port: number) {
		this.#port = port;
	}

	/** Connects, and lets the kernel finish the handshake, which needs nobody to accept. */
	async connect(): Promise<void> {
		const client = new Client(this.#port, this.#clients.length, (record) => this.#settled(record));
		this.#clients.push(client);
		for (let i = 0; i < 20 && !client.opened; i++) {
			const ended = await Promise.race([client.closed.then(() => true), delay(1, false)]);
			if (ended) return;
		}
	}

	/** Writes the first half of a head; what was half written, body and all, is completed first. */
	begin(which: number, path: Path): void {
		const client = this.#writable(which);
		if (client === undefined) return;
		this.#complete(client);
		this.#payBody(client);
		const id = `m${this.#ids++}`;
		const hasBody = path === "/upload" || path === "/early";
		const options = { host: "127.0.0.1", port: this.#port, path, method: hasBody ? "POST" : "GET" };
		const head = requestHead(options, hasBody ? BODY.length : undefined)(id);
		client.connection.write(head.slice(0, 12));
		client.half = { id, path, rest: head.slice(12) };
	}

	/** Writes a whole head, with all of the body or half of it. */
	send(which: number, path: Path, half: boolean): void {
		this.begin(which, path);
		const client = this.#writable(which);
		if (client === undefined) return;
		this.#complete(client);
		if (!half) this.#payBody(client);
	}

	/** Completes what was half written. */
	complete(which: number): void {
		const client = this.#writable(which);
		if (client === undefined) return;
		this.#complete(client);
		this.#payBody(client);
	}

	pause(which: number): void {
		this.#clients[which]?.connection.pauseReading();
	}

	resume(which: number): void {
		this.#clients[which]?.connection.resumeReading();
	}

	/** Pays what is owed, reads everything, and waits until the server has ended all connections. */
	async end(): Promise<void> {
		for (const [which, client] of this.#clients.entries()) {
			if (client.bodyOwed > 0 || client.half !== undefined) this.complete(which);
			client.connection.resumeReading();
		}
	}

	/** Resolves when every connection has ended; those that the server leaves open are given up. */
	async ended(): Promise<void> {
		const all = Promise.all(this.#clients.map(({ closed }) => closed));
		await Promise.race([all, delay(300)]);
		for (const { connection } of this.#clients) connection.giveUp();
		await all;
	}

	/** When the connection of this request was last known to be busy, before the request. */
	busyUntil({ client, headDoneAtMs }: Sent): number {
		const at = this.#answeredAtMs.get(client) ?? 0;
		return at < headDoneAtMs ? at : 0;
	}

	/** Reports whether the request stands behind one that hangs. */
	isBehindHang({ client, id }: Sent): boolean {
		for (const other of this.sent.values()) {
			if (other.id === id) return false;
			if (other.client === client && other.path === "/hang") return true;
		}
		return false;
	}

	#writable(which: number): Client | undefined {
		const client = this.#clients[which];
		return client?.connection.usable ? client : undefined;
	}

	#complete(client: Client): void {
		// HTTP has no place for another head before the body is whole.
		this.#payBody(client);
		const { half, connection } = client;
		if (half === undefined) return;
		client.half = undefined;
		const { number } = connection;
		this.sent.set(half.id, {
			id: half.id,
			path: half.path,
			client: number,
			headDoneAtMs: performance.now(),
			record: undefined,
		});
		connection.send([
			{ id: half.id, head: half.rest, expectBytes: half.path === "/large" || half.path === "/early" ? LARGE_BYTES : 2 },
		]);
		if (half.path === "/upload" || half.path === "/early") {
			client.bodyOwed = BODY.length / 2;
			connection.write(BODY.subarray(0, BODY.length / 2));
		}
	}

	#payBody(client: Client): void {
		if (client.bodyOwed > 0) client.connection.write(BODY.subarray(0, client.bodyOwed));
		client.bodyOwed = 0;
	}

	#settled(record: RequestRecord): void {
		const sent = this.sent.get(record.id);
		if (sent !== undefined) sent.record = record;
		this.#answeredAtMs.set(record.connection, performance.now());
	}
}
