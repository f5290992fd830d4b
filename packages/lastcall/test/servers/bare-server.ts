import { once } from "node:events";
import type { IncomingMessage, RequestListener, ServerOptions, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { HttpServer } from "lastcall";
import type { Kind } from "../support/http-kinds.ts";
import { keepLoopAlive } from "../support/time-limit.ts";
import { until } from "../support/until.ts";
import { Client, type ClientOptions } from "./client.ts";

/** A request in the hands of the program. */
export interface Exchange {
	readonly request: IncomingMessage;
	readonly response: ServerResponse;
}

export interface BareServerOptions {
	/** Gets every request first. Returns true if it handles it. */
	readonly handler?: (request: IncomingMessage, response: ServerResponse) => boolean;
	readonly server?: ServerOptions;
}

/** A server without a service, and its clients. It answers all requests at once, except those for `/hold…`. */
export class BareServer {
	readonly kind: Kind;
	readonly server: HttpServer;
	/** The URLs of the requests that the program got. */
	readonly executed: string[] = [];
	protected readonly t: TestContext;
	readonly #exchanges: Exchange[] = [];
	readonly #clients: Client[] = [];

	static async open(t: TestContext, kind: Kind, options: BareServerOptions = {}): Promise<BareServer> {
		const bare = new BareServer(t, kind, options);
		await once(bare.server.listen(0, "127.0.0.1"), "listening");
		return bare;
	}

	constructor(t: TestContext, kind: Kind, { handler, server = {} }: BareServerOptions) {
		this.t = t;
		this.kind = kind;
		const listener: RequestListener = (request, response) => {
			const { url = "" } = request;
			this.executed.push(url);
			this.#exchanges.push({ request, response });
			if (handler?.(request, response) || url.startsWith("/hold")) return;
			response.end(`answer to ${url}`);
		};
		this.server = kind.createServer({ keepAliveTimeout: 60_000, ...server }, listener);
		keepLoopAlive(t);
		t.after(() => {
			for (const { socket } of this.#clients) socket.destroy();
			this.server.closeAllConnections();
			this.server.close();
		});
	}

	get port(): number {
		return (this.server.address() as AddressInfo).port;
	}

	/** Resolves to an open connection. */
	async connect(options: ClientOptions = {}): Promise<Client> {
		const client = this.dial(options);
		await once(client.socket, this.kind.opened);
		return client;
	}

	/** A connection that is being opened. */
	dial(options: ClientOptions = {}, port: number = this.port): Client {
		const client = new Client(this.kind.connect(port), options);
		this.#clients.push(client);
		return client;
	}

	/** A kept-alive connection that has had one response. */
	async idleConnection(options: ClientOptions = {}): Promise<Client> {
		const client = await this.connect({ ...options, paused: false });
		await client.fetch("/first");
		this.executed.pop();
		return client;
	}

	/** Waits until the program has got this request. */
	async handed(url: string): Promise<Exchange> {
		let exchange: Exchange | undefined;
		await this.until(() => {
			exchange = this.#exchanges.find(({ request }) => request.url === url);
			return exchange !== undefined;
		});
		return exchange as Exchange;
	}

	/** Waits for a condition, which is looked at once in each turn of the event loop. */
	until(condition: () => boolean): Promise<void> {
		return until(this.t, condition);
	}
}

export function connectionsOf(server: HttpServer): Promise<number> {
	return new Promise((resolve, reject) => {
		server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)));
	});
}

/** Lets a client write, and waits until the server has read and handled it. */
export async function readByServer(bare: BareServer, { socket }: ServerResponse, write: () => void): Promise<void> {
	const before = socket?.bytesRead ?? 0;
	write();
	await bare.until(() => socket?.bytesRead !== before);
	// Requests that are held until their poll is over have been handed on by then.
	for (let turns = 0; turns < 3; turns++) await nextTurn();
}
