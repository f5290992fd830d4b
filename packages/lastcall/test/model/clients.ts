import { setTimeout as delay } from "node:timers/promises";
import { Client, type Sent, type SocketAddress } from "./client.ts";
import type { Path } from "./paths.ts";

/** What a client does besides sending requests. */
export const DEEDS = ["complete", "drip", "pause", "resume", "halfClose", "reset"] as const;
export type Deed = (typeof DEEDS)[number];

/** A connection that is still open this long after the server's end will stay open. */
const LEFT_OPEN_MS = 5_000;

/** The clients of one run, and the outcomes of their requests. */
export class Clients {
	readonly #clients: Client[] = [];
	readonly #address: SocketAddress;
	#ids = 0;
	#whenSettled = (): void => {};

	constructor(address: SocketAddress) {
		this.#address = address;
	}

	/** All requests whose heads were written completely. */
	get sent(): Sent[] {
		return this.#clients.flatMap(({ sent }) => sent);
	}

	/** Returns true if an endless response was requested. */
	get areHanging(): boolean {
		return this.sent.some(({ path }) => path === "/hang");
	}

	/** Connects, and lets the kernel finish the handshake, which the server need not accept. */
	async connect(): Promise<void> {
		const client = new Client(this.#address, this.#clients.length, () => this.#whenSettled());
		this.#clients.push(client);
		for (let i = 0; i < 20 && !client.opened; i++) {
			const ended = await Promise.race([client.closed.then(() => true), delay(1, false)]);
			if (ended) return;
		}
	}

	/** Writes the first half of a head. Returns the id, or undefined where the connection takes no request. */
	begin(which: number, path: Path): string | undefined {
		return this.#write(which, (client, id) => client.begin(id, path));
	}

	/** Writes a complete head, with all of the body or half of it. Returns as `begin` does. */
	send(which: number, path: Path, half: boolean): string | undefined {
		return this.#write(which, (client, id) => client.send(id, path, half));
	}

	do(which: number, deed: Deed): void {
		const client = this.#clients[which];
		if (client === undefined) return;
		if (client.usable || deed === "pause" || deed === "resume" || deed === "reset") client[deed]();
	}

	/** Completes all requests, and reads everything. */
	end(): void {
		for (const which of this.#clients.keys()) {
			this.do(which, "complete");
			this.do(which, "resume");
		}
	}

	/** Resolves when every request has an outcome, except for those that hang and those after them on their connections. */
	async settled(): Promise<void> {
		while (this.sent.some((sent) => sent.record === undefined && !this.hangs(sent))) {
			await new Promise<void>((resolve) => {
				this.#whenSettled = resolve;
			});
		}
	}

	/** Resolves when every connection has ended, to the number of those that the server had left open. */
	async ended(): Promise<number> {
		const all = Promise.all(this.#clients.map(({ closed }) => closed.then(() => true)));
		const isWhole = await Promise.race([all, delay(LEFT_OPEN_MS, false, { ref: false })]);
		if (isWhole) return 0;
		let left = 0;
		for (const { closed } of this.#clients)
			if (!(await Promise.race([closed.then(() => true), delay(0, false)]))) left++;
		for (const client of this.#clients) client.giveUp();
		return left;
	}

	/** Returns true if the response is endless, or comes after an endless one on its connection. */
	hangs(sent: Sent): boolean {
		return [...this.before(sent), sent].some(({ path }) => path === "/hang");
	}

	/** The requests that were sent before it on the same connection. */
	before({ client, id }: Sent): Sent[] {
		const all = this.#clients[client]?.sent ?? [];
		return all.slice(
			0,
			all.findIndex((other) => other.id === id),
		);
	}

	/** The requests that were sent after it on the same connection. */
	after({ client, id }: Sent): Sent[] {
		const all = this.#clients[client]?.sent ?? [];
		return all.slice(all.findIndex((other) => other.id === id) + 1);
	}

	#write(which: number, write: (client: Client, id: string) => void): string | undefined {
		const client = this.#clients[which];
		if (!client?.usable) return undefined;
		const id = `m${this.#ids++}`;
		write(client, id);
		return id;
	}
}
