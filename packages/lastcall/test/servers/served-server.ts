import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { createService, type HostedService, type ServiceOptions, type ShutdownReport } from "lastcall";
import type { Clock } from "#src/core/clock.js";
import { RootService } from "#src/service/root-service.js";
import type { Kind } from "../support/http-kinds.ts";
import { NEVER_MS } from "../support/time-limit.ts";
import { BareServer, type BareServerOptions, connectionsOf } from "./bare-server.ts";
import "../support/remote-clients.ts";

export const LINGER_MS = 100;

export interface ServedServerOptions extends BareServerOptions {
	readonly service?: ServiceOptions;
	/** Replaces the system clock. */
	readonly clock?: Clock;
}

/** A server of a running service, and its clients. */
export class ServedServer extends BareServer {
	readonly service: HostedService;
	/** How often the server has emitted `close`. */
	closes = 0;

	static override async open(t: TestContext, kind: Kind, options: ServedServerOptions = {}): Promise<ServedServer> {
		const web = new ServedServer(t, kind, options);
		await web.service.start((service) => service.listen("web", web.server, { port: 0, host: "127.0.0.1" }));
		return web;
	}

	constructor(t: TestContext, kind: Kind, options: ServedServerOptions) {
		super(t, kind, options);
		const times = { gracePeriodMs: NEVER_MS, lingerMs: LINGER_MS, closeReserveMs: 0 };
		const all: ServiceOptions = { ...times, log: false, ...options.service };
		this.service = options.clock ? new RootService(all, options.clock, () => {}) : createService(all);
		this.server.on("close", () => this.closes++);
		t.after(() => this.service.stopNow());
	}

	/** Waits until the listener is closed: from then on responses have Connection: close, and idle connections linger. */
	async listenerClosed(): Promise<void> {
		await this.until(() => !this.server.listening);
	}

	/** Waits for the end of the shutdown, and asserts that nothing was dropped or left, and nothing waited for the deadline. */
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
export const stages: readonly { readonly when: string; readonly begin: (web: ServedServer) => Promise<void> }[] = [
	{
		when: "while the accept queue is emptied",
		begin: async (web) => void web.service.stop(),
	},
	{
		when: "once the listener is closed",
		begin: async (web) => {
			void web.service.stop();
			await web.listenerClosed();
		},
	},
];
