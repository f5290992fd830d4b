// When a draining connection with requests in flight is looked at next.
import assert from "node:assert/strict";
import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { Exchanges } from "#src/servers/http1/exchanges.js";
import type { DrainPlan } from "#src/servers/listening/drain-plan.js";

const MINUTE_MS = 60_000;

interface Times {
	/** Milliseconds from now. */
	readonly drainsIn: number;
	readonly lastMomentIn: number;
	readonly lingerMs?: number;
}

/** Looks once at a connection with one request in flight, while the clock stands still. Returns the milliseconds up to the next look. */
function dueIn(
	t: TestContext,
	{ drainsIn, lastMomentIn, lingerMs = MINUTE_MS }: Times,
	head?: Record<string, string>,
): number {
	const now = 1_000_000;
	t.mock.method(performance, "now", () => now);
	const request = new IncomingMessage(new Socket());
	request.method = "GET";
	request.headers.accept = "text/event-stream";
	const response = new ServerResponse(request);
	if (head !== undefined) response.writeHead(200, head).write("data: 1\n\n");
	const exchanges = new Exchanges();
	exchanges.add({ request, response, target: "/", startedAt: 0 });
	const plan: Pick<DrainPlan, "lastMomentAt" | "lingerMs" | "spread"> = {
		lastMomentAt: now + lastMomentIn,
		lingerMs,
		spread: { reconnectDelayMs: () => 1 } as DrainPlan["spread"],
	};
	exchanges.endEventStreams(plan as DrainPlan, now + drainsIn, () => assert.fail("ended"));
	return exchanges.dueAt - now;
}

const EVENTS = { "content-type": "text/event-stream" };

test("one whose requests are being processed is looked at each 200 ms, before and after it is due", (t) => {
	assert.equal(dueIn(t, { drainsIn: MINUTE_MS, lastMomentIn: MINUTE_MS }), 200);
	assert.equal(dueIn(t, { drainsIn: 0, lastMomentIn: MINUTE_MS }), 200);
});

test("it is looked at when event streams become due, and at the last moment", (t) => {
	assert.equal(dueIn(t, { drainsIn: 100, lastMomentIn: MINUTE_MS }, EVENTS), 100);
	assert.equal(dueIn(t, { drainsIn: 0, lastMomentIn: 50 }), 50);
	assert.equal(dueIn(t, { drainsIn: -100, lastMomentIn: -50 }), 20);
});

test("it is looked at when an event stream that ends has been silent for as long as the linger", (t) => {
	assert.equal(dueIn(t, { drainsIn: 0, lastMomentIn: MINUTE_MS, lingerMs: 90 }, EVENTS), 90);
	assert.equal(dueIn(t, { drainsIn: 100, lastMomentIn: MINUTE_MS, lingerMs: 90 }, EVENTS), 100);
});
