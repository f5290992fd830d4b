import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { test } from "node:test";
import { createService, type DiagnosticsMessage } from "lastcall";

/** Everything that is published until the test is over. */
function subscribed(t: { after(done: () => void): void }): DiagnosticsMessage[] {
	const messages: DiagnosticsMessage[] = [];
	const hear = (message: unknown): void => void messages.push(message as DiagnosticsMessage);
	subscribe("lastcall", hear);
	t.after(() => void unsubscribe("lastcall", hear));
	return messages;
}

test("the diagnostics channel has an event for every phase, server, resource and failure, with its service", async (t) => {
	const messages = subscribed(t);
	const error = new Error("boom");
	const service = createService({ name: "shop", log: false, lameDuckMs: 1, lingerMs: 0 });
	await service.start(() => {
		service.defer("db", () => {});
		service.defer("cache", () => Promise.reject(error));
	});
	await service.stop("enough");
	assert.deepEqual(
		messages.map(({ event }) => event.type),
		[
			"running",
			"stopping",
			"lame-duck",
			"draining",
			"closing",
			"resource-closing",
			"resource-closed",
			"failed",
			"resource-closing",
			"resource-closed",
			"closed",
		],
	);
	assert.deepEqual(new Set(messages.map((message) => message.service)), new Set([service]));
	assert.equal(messages[0]?.service.name, "shop");
	const results = messages.flatMap(({ event }) => (event.type === "resource-closed" ? [event.result] : []));
	assert.deepEqual(results, (await service.closed).closers);
	assert.deepEqual([results[0]?.outcome, results[1]?.outcome], ["failed", "closed"]);
});

test("a subscriber of the diagnostics channel can call the service", async (t) => {
	const messages = subscribed(t);
	const service = createService({ log: false, gracePeriodMs: 5_000 });
	await service.start();
	assert.deepEqual(messages[0]?.service.snapshot(), {
		phase: "running",
		ready: true,
		started: true,
		reason: undefined,
		leftMs: undefined,
		inFlight: [],
	});
	let end = (): void => {};
	service.task("outbox", () => new Promise<void>((resolve) => (end = resolve)));
	const stopped = service.stop("enough");
	const { leftMs = 0, inFlight, ...rest } = messages[0]?.service.snapshot() ?? assert.fail();
	assert.deepEqual(rest, { phase: "draining", ready: false, started: true, reason: { kind: "call", why: "enough" } });
	assert.ok(leftMs > 0 && leftMs <= 5_000, String(leftMs));
	assert.deepEqual(
		inFlight.map(({ name }) => name),
		["outbox"],
	);
	end();
	await stopped;
});

test("a log that throws does not keep an event from the subscribers of the diagnostics channel", async (t) => {
	const messages = subscribed(t);
	const service = createService({
		log: () => {
			throw new Error("disk full");
		},
	});
	await service.start();
	await service.stop();
	assert.equal(messages.at(-1)?.event.type, "closed");
});
