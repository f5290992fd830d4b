import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { type TestContext, test } from "node:test";
import { AcceptQueue, type QueueOwner } from "#src/servers/listening/accept-queue.js";
import { block } from "../support/block-loop.ts";

class Owner implements QueueOwner {
	holds = 0;

	/** A handshake may be under way: the quiet time has to pass. */
	readonly arrivals = { count: 0, quietSince: undefined };

	holdAll(): void {
		this.holds++;
	}
}

async function listening(t: TestContext) {
	const server = createServer();
	await once(server.listen(0, "127.0.0.1"), "listening");
	t.after(() => server.close());
	return server;
}

test("a slow turn of the event loop holds every request, since the accept queue grows faster than it is emptied", async (t) => {
	const [server, owner] = [await listening(t), new Owner()];
	const closed = new AcceptQueue(server, owner).close(60_000);
	block(60);
	await closed;
	assert.equal(server.listening, false);
	assert.ok(owner.holds > 0);
});

test("an event loop without a short turn holds every request before the listener is closed, and closes it all the same", async (t) => {
	const [server, owner] = [await listening(t), new Owner()];
	let isOver = false;
	const spin = (): void => {
		if (isOver) return;
		block(1);
		setImmediate(spin);
	};
	spin();
	await new AcceptQueue(server, owner).close(60_000);
	isOver = true;
	assert.equal(server.listening, false);
	assert.ok(owner.holds > 0);
});

test("emptying the accept queue takes at most half of the time left, however slow the event loop is", async (t) => {
	const [server, owner] = [await listening(t), new Owner()];
	let turns = 0;
	let isOver = false;
	const spin = (): void => {
		if (isOver) return;
		turns++;
		block(30);
		setImmediate(spin);
	};
	spin();
	await new AcceptQueue(server, owner).close(100);
	isOver = true;
	assert.equal(server.listening, false);
	// 50 ms are two turns of 30 ms, and the one in which it is noticed.
	assert.ok(turns <= 4, `${turns} turns`);
});
