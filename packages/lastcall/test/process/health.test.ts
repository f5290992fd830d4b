import assert from "node:assert/strict";
import { once } from "node:events";
import { Agent, get, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import { describe, it } from "node:test";
import { ask } from "../support/ask.ts";
import type { Child } from "../support/child.ts";
import { start } from "./fixture.ts";

async function healthPort(child: Child): Promise<number> {
	const [, port] = await child.printed(/ health listens on http:\/\/\S+:(\d+)$/m);
	return Number(port);
}

async function httpPort(child: Child): Promise<number> {
	const [, port] = await child.printed(/ http listens on http:\/\/\S+:(\d+)$/m);
	await child.running();
	return Number(port);
}

describe("the health port", { concurrency: 4 }, () => {
	it("answers until everything is closed, after the program's own server has gone", async (t) => {
		const child = start(t, "has-a-health-port", { lingerMs: 0, gracePeriodMs: 10_000 });
		const health = await healthPort(child);
		const http = await httpPort(child);
		assert.match(
			await ask(health, "/readyz"),
			/^200 \{"status":"ok","phase":"running","checks":\{"db":\{"status":"ok",/,
		);
		const answered = ask(http, "/");
		assert.equal(await answered, "200 whole");
		child.kill("SIGTERM");
		await child.printed(/closing db/);
		assert.equal(await ask(http, "/"), "ECONNREFUSED");
		assert.match(await ask(health, "/livez"), /^200 .*"phase":"closing"/);
		assert.match(await ask(health, "/readyz"), /^503 .*"phase":"closing"/);
		const { exit, stderr } = await child.ended;
		assert.equal(exit, 0, stderr);
		assert.doesNotMatch(stderr, /open handles keep/);
	});

	it("isn't drained: connections to it, silent or kept alive, hold nothing up and are not in flight", async (t) => {
		const child = start(t, "has-a-health-port", { lingerMs: 0, gracePeriodMs: 20_000 });
		const health = await healthPort(child);
		await httpPort(child);
		const silent = connect(health, "127.0.0.1");
		await once(silent, "connect");
		const agent = new Agent({ keepAlive: true });
		const [response] = (await once(get({ port: health, path: "/livez", agent }), "response")) as [IncomingMessage];
		assert.equal(response.headers.connection, "close");
		response.resume();
		child.kill("SIGTERM");
		const { exit, stderr } = await child.ended;
		silent.destroy();
		agent.destroy();
		assert.equal(exit, 0, stderr);
		assert.match(stderr, /^lastcall: draining, nothing in flight$/m);
		assert.doesNotMatch(stderr, /open handles keep/);
	});

	it("doesn't keep a program alive that has nothing else to do", async (t) => {
		const child = start(t, "has-a-health-port", { lingerMs: 0 }, "idle");
		const silent = connect(await healthPort(child), "127.0.0.1").on("error", () => {});
		const { exit, stderr } = await child.ended;
		silent.destroy();
		assert.equal(exit, 0, stderr);
		assert.match(stderr, / is shutting down: nothing left to do; /);
	});

	it("shows clients on the same machine what the program is doing", async (t) => {
		const child = start(t, "has-a-health-port", { name: "shop", gracePeriodMs: 20_000 });
		const health = await healthPort(child);
		const http = await httpPort(child);
		void ask(http, "/stuck");
		await child.printed(/handling \/stuck/);
		const [, json = ""] = /^200 (.*)/.exec(await ask(health, "/statusz")) ?? [];
		const { name, pid, phase, ready, inFlight, openHandles } = JSON.parse(json);
		assert.deepEqual(
			{ name, pid, phase, ready },
			{ name: "shop", pid: child.process.pid, phase: "running", ready: true },
		);
		assert.deepEqual(
			inFlight.map((one: { name: string; what: string }) => `${one.name} ${one.what}`),
			["http GET /stuck"],
		);
		assert.match(openHandles, /TCPSocketWrap/);
		assert.match(await ask(http, "/statusz"), /^200 whole$/, "not on the program's own port");
		child.kill("SIGKILL");
	});

	it("has the same probes as the program's own server", async (t) => {
		const child = start(t, "has-a-health-port");
		const http = await httpPort(child);
		assert.match(await ask(http, "/readyz"), /^200 /);
		assert.match(await ask(http, "/orders"), /^200 whole$/);
		assert.match(await ask(await healthPort(child), "/orders"), /^404 /);
		child.kill("SIGKILL");
	});
});
