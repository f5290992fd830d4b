import assert from "node:assert/strict";
import { test } from "node:test";
import type { ServiceEvent } from "#src/core/events.js";
import { RootService } from "#src/service/root-service.js";
import { hang } from "../support/deferred.ts";
import { FakeClock } from "../support/fake-clock.ts";

test("an observer that throws at every event does not change the shutdown", async () => {
	const reports = await Promise.all(
		[false, true].map(async (throws) => {
			const clock = new FakeClock();
			const types: string[] = [];
			const service = new RootService({ lameDuckMs: 100 }, clock, ({ type }) => {
				types.push(type);
				if (throws) throw new Error("not my day");
			});
			await service.start();
			await clock.advance(1);
			service.task("outbox", hang);
			service.defer("cache", hang);
			service.defer("db", () => Promise.reject("closed already"));
			void service.stop();
			await clock.advance(10_000);
			return { types, report: await service.closed };
		}),
	);
	assert.deepEqual(reports[1], reports[0]);
	assert.deepEqual(new Set(reports[0]?.types), new Set(EVERY_TYPE));
});

/** Without `listening` and `drained`, which only a server has, and `held` and `snapshot`, which only a process has. */
const EVERY_TYPE: ServiceEvent["type"][] = [
	"running",
	"stopping",
	"lame-duck",
	"draining",
	"waiting",
	"hard-stop",
	"left",
	"closing",
	"resource-closing",
	"resource-closed",
	"failed",
	"closed",
];

test("an observer that stops the service from within an event doesn't change the order of the events", async () => {
	const clock = new FakeClock();
	const types: string[] = [];
	const service = new RootService({}, clock, ({ type }) => {
		types.push(type);
		void (type === "draining" ? service.stopNow() : service.stop("from within"));
	});
	await service.start();
	service.task("outbox", hang);
	await clock.advance(0);
	assert.deepEqual(types, ["running", "stopping", "draining", "hard-stop", "closed"]);
	assert.deepEqual((await service.closed).reason, { kind: "call", why: "from within" });
});

test("the service is not ready when an observer gets the stop event", async () => {
	const clock = new FakeClock();
	const ready: Record<string, boolean> = {};
	const service = new RootService({ lameDuckMs: 100 }, clock, ({ type }) => {
		ready[type] = service.ready;
	});
	await service.start();
	void service.stop();
	assert.deepEqual(ready, { running: true, stopping: false, "lame-duck": false });
	await clock.advance(100);
});
