import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { assertInOrder } from "../support/text.ts";
import { CLIENTS } from "./clients.ts";
import { DRAINING, ENDED, IMPORT, Preloaded, SHUTTING_DOWN, stopInFlight } from "./preloaded.ts";

function start(
	t: TestContext,
	kind: string,
	env: NodeJS.ProcessEnv = {},
	flags: readonly string[] = IMPORT,
): Preloaded {
	return new Preloaded(t, "serves", { args: [kind], env, flags });
}

/** Sends a request by the client of that kind of server, and resolves when it is in flight. */
async function inFlight(program: Preloaded, kind: string, path = "/held"): Promise<{ response: Promise<string> }> {
	const response = CLIENTS[kind]?.(await program.port(), path) ?? Promise.reject(new Error(kind));
	await program.printed(new RegExp(`^handling ${path}$`, "m"));
	return { response };
}

/** What the client gets of a request that is in flight at the signal. */
const RESPONSES: Record<string, string> = {
	http: "200 whole",
	https: "200 whole",
	http2: "200 whole",
	"http2 over TLS": "200 whole",
	grpc: "echo of /held",
	"event stream": "data: last",
	upgraded: "echo of /held",
	"in front": "200 whole",
	"in front, over TLS": "200 whole",
};

describe("lastcall/auto lets a request finish", { concurrency: 3 }, () => {
	for (const [kind, whole] of Object.entries(RESPONSES)) {
		it(kind, async (t) => {
			const program = start(t, kind);
			const { response } = await inFlight(program, kind);
			program.kill("SIGTERM");
			await program.printed(DRAINING);
			program.release();
			assert.equal(await response, whole);
			const { exit, stderr } = await program.ended;
			assert.equal(exit, 0, stderr);
			assertInOrder(stderr, SHUTTING_DOWN, DRAINING, ENDED);
		});

		it(`negative control: ${kind} without the flag`, async (t) => {
			const program = start(t, kind, {}, []);
			const { response } = await inFlight(program, kind);
			program.kill("SIGTERM");
			assert.notEqual(await response, whole);
			assert.equal((await program.ended).exit, "SIGTERM");
		});
	}
});

describe("a server that the drain has closed can be closed by the program", { concurrency: 3 }, () => {
	for (const kind of ["https", "http2", "http2 over TLS", "in front"]) {
		it(kind, async (t) => {
			const program = new Preloaded(t, "serves", { args: [kind, "closes"] });
			const { response } = await inFlight(program, kind);
			program.kill("SIGTERM");
			await program.printed(DRAINING);
			program.release();
			assert.equal(await response, "200 whole");
			const { exit, stderr } = await program.ended;
			assert.equal(exit, 0, stderr);
			assertInOrder(stderr, DRAINING, /^own listener: closed, no error$/m);
		});
	}
});

describe("lastcall/auto ends what has no end", { concurrency: 3 }, () => {
	it("an endless event stream, between two events", async (t) => {
		const program = start(t, "event stream");
		const { response } = await inFlight(program, "event source", "/endless");
		program.kill("SIGTERM");
		assert.match(await response, /^(data: tick|retry: \d+)$/);
		const { exit, stderr } = await program.ended;
		assert.equal(exit, 0, stderr);
		assert.doesNotMatch(stderr, /hard stop/);
	});

	it("a WebSocket, with 1001, after the response to its message", async (t) => {
		const program = start(t, "web socket");
		const { response } = await inFlight(program, "web socket");
		program.release();
		await program.printed(/^handling \/held$/m);
		program.kill("SIGTERM");
		assert.equal(await response, "echo of /held, 1001");
		const { exit, stderr } = await program.ended;
		assert.equal(exit, 0, stderr);
		assertInOrder(stderr, SHUTTING_DOWN, /^socket closed with 1001$/m, /exit code 0$/m);
	});

	it("a poll that is longer than the grace period, by a hard stop, and names it", async (t) => {
		const program = start(t, "http", { LASTCALL_GRACE_PERIOD_MS: "1500" });
		const { response } = await inFlight(program, "http", "/stuck");
		program.kill("SIGTERM");
		assert.equal(await response, "ECONNRESET");
		const { exit, stderr } = await program.ended;
		assert.equal(exit, 1, stderr);
		assertInOrder(stderr, DRAINING, /^lastcall: hard stop after .*: left http.* GET \/stuck /m, /exit code 1$/m);
	});
});

describe("a server of net with a protocol of its own", { concurrency: 3 }, () => {
	it("is left alone, and the signal with it", async (t) => {
		const program = start(t, "lines");
		const { response } = await inFlight(program, "lines");
		program.kill("SIGTERM");
		assert.equal(await response, "no response");
		const { exit, stderr } = await program.ended;
		assert.equal(exit, "SIGTERM");
		assert.doesNotMatch(stderr, SHUTTING_DOWN);
	});

	it("is warned of at the stop, beside a server that is drained", async (t) => {
		const program = start(t, "lines, then http");
		const { response, exit, stderr } = await stopInFlight(program);
		assert.deepEqual({ response, exit }, { response: "200 whole", exit: 0 }, stderr);
		const [, port] = /^raw: (\d+)$/m.exec(stderr) ?? [];
		assert.match(
			stderr,
			new RegExp(`^lastcall: warning: \\S+:${port} is not drained, .* LASTCALL_AUTO_NET=on drains it$`, "m"),
		);
	});

	it("is drained with LASTCALL_AUTO_NET=on", async (t) => {
		const program = start(t, "lines", { LASTCALL_AUTO_NET: "on" });
		const { response } = await inFlight(program, "lines");
		program.kill("SIGTERM");
		await program.printed(SHUTTING_DOWN);
		program.release();
		assert.equal(await response, "echo of /held");
		const { exit, stderr } = await program.ended;
		assert.equal(exit, 0, stderr);
	});
});

describe("what the program does with its servers while it is running", { concurrency: 3 }, () => {
	it("one that closes and listens again is drained", async (t) => {
		const program = start(t, "listens again");
		const [, port] = await program.printed(/^listens on \d+\n[\s\S]*^listens on (\d+)$/m);
		const response = CLIENTS.http?.(Number(port), "/held");
		await program.printed(/^handling \/held$/m);
		program.kill("SIGTERM");
		await program.printed(DRAINING);
		program.release();
		assert.equal(await response, "200 whole");
		const { exit, stderr } = await program.ended;
		assert.equal(exit, 0, stderr);
	});

	it("a port in use is an error of the program, as without", async (t) => {
		const [ours, control] = [start(t, "port in use"), start(t, "port in use", {}, [])];
		const [{ exit, stderr }, { exit: exitAlone }] = [await ours.ended, await control.ended];
		assert.equal(exitAlone, 1);
		assert.equal(exit, 1);
		assert.match(stderr, /^Error: listen EADDRINUSE: /m);
		assert.doesNotMatch(stderr, SHUTTING_DOWN);
	});

	it("a port in use that the program handles keeps nothing from being drained", async (t) => {
		const program = start(t, "port in use, with a listener");
		await program.printed(/^own listener: listen EADDRINUSE/m);
		const { response, exit, stderr } = await stopInFlight(program);
		assert.deepEqual({ response, exit }, { response: "200 whole", exit: 0 }, stderr);
	});

	it("all of its servers are drained", async (t) => {
		const { response, exit, stderr } = await stopInFlight(start(t, "two servers"));
		assert.deepEqual({ response, exit }, { response: "200 whole", exit: 0 }, stderr);
	});
});
