// The pause between two looks at connections, and what is left of it when there is nothing left to look at.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { type TestContext, test } from "node:test";
import { createService } from "lastcall";
import { Pause } from "#src/servers/listening/pause.js";
import { limit } from "../support/time-limit.ts";

const timers = (): number => process.getActiveResourcesInfo().filter((what) => what === "Timeout").length;

test("a pause ends when its time is over, with the time before the last poll", limit, async () => {
	const polledAt = await new Pause().wait(1);
	assert.ok(polledAt !== undefined && polledAt <= performance.now());
});

test("a pause that is ended early leaves no timer, and to end it again does nothing", limit, async () => {
	const before = timers();
	const pause = new Pause();
	pause.end();
	const waited = pause.wait(1_000_000);
	assert.equal(timers(), before + 1);
	pause.end();
	assert.equal(timers(), before);
	assert.equal(await waited, undefined);
	pause.end();
	assert.ok(Number.isFinite(await pause.wait(0)));
});

/** Stops a service with a client whose connection is kept alive. Returns how many timers it leaves. */
async function timersAfterStop(t: TestContext): Promise<number> {
	const before = timers();
	const service = createService({ log: false, lingerMs: 50, spreadMs: 0, closeReserveMs: 0 });
	const server = createServer((_request, response) => response.end("ok"));
	await service.start(() => service.listen("web", server, { port: 0, host: "127.0.0.1" }));
	const client = connect((server.address() as AddressInfo).port, "127.0.0.1");
	t.after(() => client.destroy());
	client.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
	await once(client, "data");
	assert.equal((await service.stop()).ok, true);
	return timers() - before;
}

test("a drain is over when the server has closed: no timer of it holds the process", limit, async (t) => {
	// The last pause may end by itself at that very moment, but not each time.
	for (let round = 0; round < 10; round++) assert.equal(await timersAfterStop(t), 0);
});
