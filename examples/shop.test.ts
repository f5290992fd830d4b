import assert from "node:assert/strict";
import { test } from "node:test";
import type { Service } from "lastcall";
import { assertFinished, startService } from "lastcall/testing";

/** What the program passes to `run`. */
const main = (service: Service): void => service.defer("database", () => {});

test("the database is closed within the grace period", async () => {
	const shop = await startService(main, { lameDuckMs: 5_000 });
	shop.sendSignal("SIGTERM"); // simulated: no real signal is sent
	assert.equal(shop.service.phase, "lame-duck");
	await shop.clock.advance(5_000); // by the fake clock
	const report = await shop.closed;
	assertFinished(report);
	assert.deepEqual(report.closers, [{ name: "database", outcome: "closed", durationMs: 0 }]);
});
