import assert from "node:assert/strict";
import { once } from "node:events";
import type { IncomingMessage, RequestListener, ServerOptions, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { createService, type HostedService, type HttpServer, type ServiceOptions, type ShutdownReport } from "lastcall";
import type { Clock } from "#src/core/clock.js";
import { RootService } from "#src/service/root-service.js";
import { Client, type ClientOptions } from "./client.ts";
import type { Kind } from "./kinds.ts";

export const LINGER_MS = 100;
/** So long that who waits for it fails by the test's own time limit. */
const GRACE_MS = 120_000;

/** A test of the contract. What waits for the deadline of the service runs into this one. */
export function rule(name: string, keep: (t: TestContext) => Promise<void>): void {
	void test(name, { timeout: 10_000 }, keep);
}

/** A request in the hands of the program. */
export interface Exchange {
	readonly request: IncomingMessage;
	readonly response: ServerResponse;
}

export interface SiteOptions {
	/** Sees every request first. Reports whether it has taken it. */
	readonly handler?: (request: IncomingMessage, response: ServerResponse) => boolean;
	readonly server?: ServerOptions;
}

/** A server with nobody to drain it, and its clients. It answers everything but `/hold…`, at once. */
export class Site {
	readonly kind: Kind;
	readonly server: HttpServer;
	/** What was handed to the program. */
	readonly executed: string[] = [];
	protected readonly t: TestContext;
	readonly #exchanges: Exchange[] = [];
	readonly #clients: Client[] = [];

	static async open(t: TestContext, kind: Kind, options: SiteOptions = {}): Promise<Site> {
		const site = new Site(t, kind, options);
		await once(site.server.listen(0, "127.0.0.1"), "listening");
		return site;
	}

	constructor(t: TestContext, kind: Kind, { handler, server = {} }: SiteOptions) {
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
		// Where nothing is left to happen, the test ends by its time limit and says so.
		const alive = setInterval(() => {}, 1_000);
		t.after(() => {
			clearInterval(alive);
			for (const { socket } of this.#clients) socket.destroy();
			this.server.closeAllConnections();
			this.server.close();
		});
	}

	get port(): number {
		return (this.server.address() as AddressInfo).port;
	}

	/** A connection that is open. */
	async connect(options: ClientOptions = {}): Promise<Client> {
		const client = this.dial(options);
		await once(client.socket, this.kind.opened);
		return client;
	}

	/** A connection that is on its way. */
	dial(options: ClientOptions = {}, port: number = this.port): Client {
		const client = new Client(this.kind.connect(port), options);
		this.#clients.push(client);
		return client;
	}

	/** A kept-alive connection between two requests. */
	async idleConnection(options: ClientOptions = {}): Promise<Client> {
		const client = await this.connect({ ...options, paused: false });
		await client.fetch("/first");
		this.executed.pop();
		return client;
	}

	/** Waits until the program has been handed this request. */
	async handed(url: string): Promise<Exchange> {
		let exchange: Exchange | undefined;
		await this.until(() => {
			exchange = this.#exchanges.find(({ request }) => request.url === url);
			return exchange !== undefined;
		});
		return exchange as Exchange;
	}

	/** Looks once in every turn of the loop. */
	async until(condition: () => boolean): Promise<void> {
		while (!condition()) {
			await nextTurn();
			this.t.signal.throwIfAborted();
		}
	}
}

export interface SceneOptions extends SiteOptions {
	readonly service?: ServiceOptions;
	/** Moves the phases on in place of the system's. */
	readonly clock?: Clock;
}

/** A server of a running service, and its clients. */
export class Scene extends Site {
	readonly service: HostedService;
	/** How often the program heard the server's `close`. */
	closes = 0;

	static override async open(t: TestContext, kind: Kind, options: SceneOptions = {}): Promise<Scene> {
		const scene = new Scene(t, kind, options);
		await scene.service.start((service) => service.listen("web", scene.server, { port: 0, host: "127.0.0.1" }));
		return scene;
	}

	constructor(t: TestContext, kind: Kind, options: SceneOptions) {
		super(t, kind, options);
		const times = { gracePeriodMs: GRACE_MS, lingerMs: LINGER_MS, closeReserveMs: 0 };
		const all: ServiceOptions = { ...times, log: false, ...options.service };
		this.service = options.clock ? new RootService(all, options.clock, () => {}) : createService(all);
		this.server.on("close", () => this.closes++);
		t.after(() => this.service.stopNow());
	}

	/** Waits until the listener is closed, which is when answers begin to say close and connections to linger. */
	async listenerClosed(): Promise<void> {
		await this.until(() => !this.server.listening);
	}

	/** Waits for the end of the shutdown, and for proof that nothing was dropped, nothing is left and nothing waited for the deadline. */
	async drained(): Promise<ShutdownReport> {
		const report = await this.service.closed;
		assert.deepEqual(
			report.endedEarly.filter(({ why }) => why !== "client-reconnects"),
			[],
		);
		assert.equal(report.hardStop, undefined);
		assert.deepEqual(report.errors, []);
		assert.deepEqual(report.left, []);
		assert.equal(report.ok, true);
		assert.equal(this.server.listening, false);
		assert.equal(await connectionsOf(this.server), 0);
		return report;
	}
}

/** The two parts of a drain, which treat requests differently. */
export const stages: readonly { readonly when: string; readonly begin: (scene: Scene) => Promise<void> }[] = [
	{
		when: "while the accept queue is emptied",
		begin: async (scene) => void scene.service.stop(),
	},
	{
		when: "once the listener is closed",
		begin: async (scene) => {
			void scene.service.stop();
			await scene.listenerClosed();
		},
	},
];

export function connectionsOf(server: HttpServer): Promise<number> {
	return new Promise((resolve, reject) => {
		server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)));
	});
}

/** Lets a client write, and waits until the server has read it and done with it what it does. */
export async function readByServer(site: Site, { socket }: ServerResponse, write: () => void): Promise<void> {
	const before = socket?.bytesRead ?? 0;
	write();
	await site.until(() => socket?.bytesRead !== before);
	// What is held until its poll is over has had its turn by then.
	for (let turns = 0; turns < 3; turns++) await nextTurn();
}

/** Blocks the loop: what comes meanwhile waits in the kernel. */
export function block(ms: number): void {
	const end = performance.now() + ms;
	while (performance.now() < end);
}

export const nodeMajor: number = Number(process.versions.node.split(".")[0]);
