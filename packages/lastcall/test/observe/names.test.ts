import assert from "node:assert/strict";
import { test } from "node:test";
import { assertFinished, TestService } from "lastcall/testing";
import { renderBlock } from "#src/observe/live-block.js";

test("groups, their resources, repeated work and units of work have the same names in the log, on the terminal and in the events", async () => {
	const shop = new TestService({ name: "shop", gracePeriodMs: 10_000 });
	const { service, clock, log, events } = shop;
	const block = (): string[] => renderBlock(service.snapshot(), { columns: 80, rows: 24 });
	const started = service.start(() =>
		service.group("orders", async (orders) => {
			orders.defer("queue", () => clock.wait(300));
			orders.every("sweep", 1_000, () => clock.wait(2_000));
			clock.after(4_000, orders.enter("message", "17"));
			await clock.wait(500);
		}),
	);
	await clock.advance(100);
	assert.deepEqual(
		service.inFlight().map(({ name, what }) => `${name} ${what}`),
		["main starting", "orders starting", "orders/message 17"],
	);
	await clock.advance(400);
	await started;
	await clock.advance(1_000);
	shop.sendSignal("SIGTERM");
	assert.deepEqual(block(), [
		"draining, 10 s left, 2 in flight, Ctrl+C to stop now",
		"  orders/message 17   1.5 s",
		"  orders/sweep task  500 ms",
	]);
	await clock.advance(2_600);
	assert.deepEqual(block(), ["closing, 7.4 s left, 1 in flight, Ctrl+C to stop now", "  orders/queue closing  100 ms"]);
	await clock.advance(200);
	assertFinished(await service.closed);
	assert.deepEqual(log.slice(1), [
		"lastcall: shop is shutting down: SIGTERM; grace period 10 s",
		"lastcall: draining, 2 in flight: orders/message 17 (1.5 s), orders/sweep task (500 ms)",
		"lastcall: 9.0 s left, 2 in flight: orders/message 17 (2.5 s), orders/sweep task (1.5 s)",
		"lastcall: closing 1 resource",
		"lastcall: closed after 2.8 s, everything finished, exit code 0",
	]);
	assert.deepEqual(
		events.filter(({ type }) => type.startsWith("resource-")),
		[
			{ type: "resource-closing", id: 1, name: "orders/queue" },
			{ type: "resource-closed", id: 1, result: { name: "orders/queue", outcome: "closed", durationMs: 300 } },
		],
	);
});
