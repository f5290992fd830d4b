import assert from "node:assert/strict";
import { test } from "node:test";
import { runningService } from "../support/watched-service.ts";

test("a server whose drain fails is in the report's errors by name, and the others are drained all the same", async () => {
	const error = new Error("boom");
	for (const sync of [true, false]) {
		const { service, clock, serve, emitted } = await runningService();
		const [broken, http] = [serve("broken"), serve("http")];
		broken.drain = () => {
			if (sync) throw error;
			return Promise.reject(error);
		};
		http.accept("GET /");
		let closed = false;
		service.defer("db", () => {
			closed = true;
		});
		const stopped = service.stop();
		await clock.advance(500);
		assert.deepEqual(emitted("failed"), [{ type: "failed", failure: { name: "broken", error } }]);
		assert.equal(closed, false);
		http.finish();
		await clock.advance(0);
		const report = await stopped;
		assert.equal(closed, true);
		assert.deepEqual(report.errors, [{ name: "broken", error }]);
		assert.equal(report.exitCode, 1);
		assert.equal(report.durationMs, 500);
	}
});

test("requests in flight on a server whose drain fails are in the report", async () => {
	const { service, clock, serve } = await runningService();
	const broken = serve("broken");
	broken.accept("GET /");
	broken.drain = () => Promise.reject(new Error("boom"));
	const stopped = service.stop();
	await clock.advance(10_000);
	const report = await stopped;
	assert.equal(broken.hardStops, 1);
	assert.deepEqual(
		report.left.map(({ what }) => what),
		["GET /"],
	);
});
