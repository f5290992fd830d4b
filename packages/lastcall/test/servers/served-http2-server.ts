import assert from "node:assert/strict";
import {
	type ClientHttp2Session,
	type ClientHttp2Stream,
	connect,
	createSecureServer,
	createServer,
	type IncomingHttpHeaders,
	type OutgoingHttpHeaders,
	type SecureServerOptions,
	type ServerHttp2Stream,
} from "node:http2";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import {
	createService,
	type HostedService,
	type Http2Server,
	type ServiceOptions,
	type ShutdownReport,
} from "lastcall";
import type { Clock } from "#src/core/clock.js";
import { RootService } from "#src/service/root-service.js";
import { certificate } from "../support/certificate.ts";
import { keepLoopAlive, NEVER_MS } from "../support/time-limit.ts";
import { until } from "../support/until.ts";
import "../support/remote-clients.ts";

export const LINGER_MS = 100;

/** The end of a stream, as its client saw it. */
export interface Ending {
	status?: number;
	text: string;
	trailers?: IncomingHttpHeaders;
	/** The code of the error, or of RST_STREAM if there was no error. */
	error?: string | number;
}

/** A stream that the program has got. */
export interface Handed {
	readonly stream: ServerHttp2Stream;
	readonly headers: IncomingHttpHeaders;
}

export interface ServedHttp2ServerOptions {
	readonly server?: SecureServerOptions;
	/** Gets every stream first. Returns true if it handles it. */
	readonly handler?: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => boolean;
	readonly service?: ServiceOptions;
	/** Replaces the system clock. */
	readonly clock?: Clock;
}

/** An HTTP/2 server of a running service. It answers all requests at once, except those for `/hold…`. */
export class ServedHttp2Server {
	readonly service: HostedService;
	readonly server: Http2Server;
	readonly executed: string[] = [];
	readonly #t: TestContext;
	readonly #scheme: "http" | "https";
	readonly #handed: Handed[] = [];
	/** How often the server has emitted `close`. */
	closes = 0;

	static async open(
		t: TestContext,
		scheme: "http" | "https",
		options: ServedHttp2ServerOptions = {},
	): Promise<ServedHttp2Server> {
		const web = new ServedHttp2Server(t, scheme, options);
		await web.service.start((service) => service.listen("web", web.server, { port: 0, host: "127.0.0.1" }));
		return web;
	}

	constructor(t: TestContext, scheme: "http" | "https", { server, handler, service, clock }: ServedHttp2ServerOptions) {
		this.#t = t;
		this.#scheme = scheme;
		const times = { gracePeriodMs: NEVER_MS, lingerMs: LINGER_MS, closeReserveMs: 0 };
		const all: ServiceOptions = { ...times, log: false, ...service };
		this.service = clock ? new RootService(all, clock, () => {}) : createService(all);
		this.server = scheme === "http" ? createServer({ ...server }) : createSecureServer({ ...certificate, ...server });
		this.server.on("close", () => this.closes++);
		this.server.on("stream", (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
			const path = String(headers[":path"]);
			this.executed.push(path);
			this.#handed.push({ stream, headers });
			if (handler?.(stream, headers) || path.startsWith("/hold")) return;
			stream.respond({ ":status": 200 });
			stream.end(`answer to ${path}`);
		});
		keepLoopAlive(t);
		t.after(() => this.service.stopNow());
	}

	get port(): number {
		return (this.server.address() as AddressInfo).port;
	}

	connect(options: object = {}): ClientHttp2Session {
		const session = connect(`${this.#scheme}://127.0.0.1:${this.port}`, { rejectUnauthorized: false, ...options });
		session.on("error", () => {});
		this.#t.after(() => session.destroy());
		return session;
	}

	async handed(path: string): Promise<Handed> {
		let found: Handed | undefined;
		await this.until(() => {
			found = this.#handed.find(({ headers }) => headers[":path"] === path);
			return found !== undefined;
		});
		return found as Handed;
	}

	/** Waits for a condition, which is looked at once in each turn of the event loop. */
	until(condition: () => boolean): Promise<void> {
		return until(this.#t, condition);
	}

	listenerClosed(): Promise<void> {
		return this.until(() => !this.server.listening);
	}

	/** Waits for the end of the shutdown, and asserts that nothing was dropped and nothing is left. */
	async drained(): Promise<ShutdownReport> {
		const report = await this.service.closed;
		assert.deepEqual(
			report.endedEarly.filter(({ why }) => why !== "client-reconnects"),
			[],
		);
		assert.deepEqual({ ...report.hardStop, left: report.left, errors: report.errors }, { left: [], errors: [] });
		const count = await new Promise((resolve) => this.server.getConnections((_, n) => resolve(n)));
		assert.deepEqual(
			{ count, listening: this.server.listening, closes: this.closes },
			{ count: 0, listening: false, closes: 1 },
		);
		return report;
	}
}

/** Sends a request on a session. `ended` resolves to how its stream ended. */
export function ask(
	session: ClientHttp2Session,
	headers: string | OutgoingHttpHeaders,
	options: { readonly body?: boolean; readonly paused?: boolean } = {},
): { readonly stream: ClientHttp2Stream; readonly ended: Promise<Ending> } {
	const stream = session.request(typeof headers === "string" ? { ":path": headers } : headers, {
		endStream: !options.body,
	});
	return { stream, ended: endOf(stream, options.paused) };
}

/** Resolves to how a stream ended. */
export function endOf(stream: ClientHttp2Stream, paused = false): Promise<Ending> {
	const ending: Ending = { text: "" };
	stream.setEncoding("latin1");
	if (!paused)
		stream.on("data", (part: string) => {
			ending.text += part;
		});
	stream.on("response", ({ ":status": status = 0 }) => {
		ending.status = status;
	});
	stream.on("trailers", (trailers) => {
		ending.trailers = trailers;
	});
	stream.on("error", ({ code }: NodeJS.ErrnoException) => {
		ending.error ??= String(code);
	});
	return new Promise((resolve) => {
		stream.on("close", () => {
			if (stream.rstCode) ending.error = stream.rstCode;
			resolve(ending);
		});
	});
}
