import assert from "node:assert/strict";
import { test } from "node:test";
import { Deferred } from "../support/deferred.ts";
import { WatchedService } from "../support/watched-service.ts";

test("a main that has not ended after 10 s is named once, and stays in no timer", async () => {
	const watched = new WatchedService();
	const { service, clock, emitted } = watched;
	const main = new Deferred();
	const started = service.start(() => main.promise);
	await clock.advance(9_999);
	assert.deepEqual(emitted("still-starting"), []);
	await clock.advance(1);
	const starting = [{ name: "main", what: "starting", ageMs: 10_000 }];
	assert.deepEqual(emitted("still-starting"), [{ type: "still-starting", starting }]);
	assert.deepEqual(watched.log, ["lastcall: still starting: main (10 s); move long-running work into service.task"]);
	assert.equal(clock.timers, 0, "nothing that keeps a process alive");
	await clock.advance(60_000);
	main.resolve();
	await started;
	assert.equal(emitted("still-starting").length, 1);
});

test("groups that are still starting are named instead of main and of the groups around them", async () => {
	const { service, clock, log } = new WatchedService();
	const orders = new Deferred();
	void service.start(async (service) => {
		await service.group("users", () => {});
		await Promise.all([
			service.group("orders", (group) => group.group("postgres", () => orders.promise)),
			service.group("orders2", () => orders.promise),
		]);
	});
	await clock.advance(10_000);
	assert.deepEqual(log, [
		"lastcall: still starting: orders/postgres/ (10 s), orders2/ (10 s); move long-running work into service.task",
	]);
});

test("nothing is said of a main that has ended or failed in time, or that a shutdown waits for", async () => {
	for (const end of ["ends", "fails", "is stopped"]) {
		const { service, clock, emitted } = new WatchedService({ gracePeriodMs: 30_000 });
		const main = new Deferred();
		service.start(() => main.promise).catch(() => {});
		await clock.advance(5_000);
		if (end === "ends") main.resolve();
		if (end === "fails") main.reject(new Error("no database"));
		if (end === "is stopped") void service.stop();
		await clock.advance(10_000);
		assert.deepEqual(emitted("still-starting"), [], end);
	}
});
