import assert from "node:assert/strict";
import { test } from "node:test";
import type { Service, ShutdownReport } from "lastcall";
import { settled } from "../support/fake-clock.ts";
import { WatchedService } from "../support/watched-service.ts";

/** What waits for the end of the shutdown within work that the shutdown waits for, by what the warning says of it. */
const AWAITED: Readonly<Record<string, (service: Service) => unknown>> = {
	main: async (service) => void (await service.stop()),
	"main, after a while": async (service) => {
		await settled();
		await stopElsewhere(service);
	},
	'task "outbox"': (service) => service.task("outbox", async () => void (await service.stop())),
	'task "mail"': (service) => service.task("mail", () => service.stop()),
	'task "later"': (service) =>
		service.task("later", async () => {
			await settled();
			await stopElsewhere(service);
		}),
	'task "all"': (service) => service.task("all", async () => void (await Promise.all([service.stop(), settled()]))),
	'group "orders"': (service) => service.group("orders", async () => void (await service.stop())),
	'task "orders/outbox"': (service) =>
		service.group("orders", (group) => group.task("outbox", async () => void (await service.stop()))),
	'the closer "db"': (service) => {
		service.defer("db", async () => void (await service.stop()));
		void service.stop();
	},
};

async function stopElsewhere(service: Service): Promise<ShutdownReport> {
	const report = await service.stop("asked by the operator");
	return report;
}

for (const [where, main] of Object.entries(AWAITED)) {
	test(`a stop that is awaited in ${where} causes a warning at once`, async () => {
		const { service, clock, emitted } = new WatchedService();
		service.start(main).catch(() => {});
		for (let turn = 0; turn < 5; turn++) await settled();
		await clock.advance(0);
		const [event, ...more] = emitted("warning");
		assert.deepEqual(more, []);
		assert.equal(event?.warning.code, "awaited-stop");
		const [what] = where.split(",");
		const message = new RegExp(
			`^service\\.stop\\(\\) is awaited in ${what} \\(.*awaited-stop\\.test\\.js:\\d+:\\d+\\), ` +
				`but the shutdown waits for ${what}, until the deadline at most; call it without await$`,
		);
		assert.match(event?.warning.message ?? "", message);
		void service.stopNow();
		await clock.advance(0);
	});
}

/** What does not wait. */
const NOT_AWAITED: Readonly<Record<string, (service: Service) => unknown>> = {
	"is not awaited": (service) => service.task("outbox", () => void service.stop()),
	"has its own continuation": (service) =>
		service.task(
			"outbox",
			() =>
				void service
					.stop()
					.then(() => {})
					.finally(() => {}),
		),
	"is awaited by work on the side": (service) =>
		service.task("outbox", () => {
			void (async () => {
				await settled();
				await service.stop();
			})();
			return settled();
		}),
	"is awaited in a timer": (service) => void setTimeout(async () => void (await service.stop()), 0),
};

for (const [how, main] of Object.entries(NOT_AWAITED)) {
	test(`nothing is said of a stop that ${how}`, async () => {
		const { service, clock, emitted } = new WatchedService();
		await service.start(main);
		while (service.reason === undefined) await settled();
		await clock.advance(0);
		await clock.advance(0);
		assert.equal((await service.closed).ok, true);
		assert.deepEqual(emitted("warning"), []);
	});
}

test("nothing is said of another service that a task stops and awaits", async () => {
	const { service, clock, emitted } = new WatchedService();
	await service.start();
	const inner = new WatchedService();
	await inner.service.start();
	service.task("tests", async () => {
		const stopped = inner.service.stop();
		void inner.clock.advance(0);
		await stopped;
	});
	await inner.service.closed;
	void service.stop();
	await clock.advance(0);
	assert.equal((await service.closed).ok, true);
	assert.deepEqual([...emitted("warning"), ...inner.emitted("warning")], []);
});

test("the promise of a stop is a promise, and all of them resolve to the same report", async () => {
	const { service, clock } = new WatchedService();
	const stops: Promise<ShutdownReport>[] = [];
	await service.start((service) => service.task("outbox", () => void stops.push(service.stop(), service.stop())));
	stops.push(service.stop());
	await clock.advance(0);
	const report = await service.closed;
	for (const stop of stops) {
		assert.ok(stop instanceof Promise);
		assert.equal(await stop, report);
	}
});

test("many calls may be between the task and the stop, and the limit of stacks is given back", async () => {
	const { service, clock, emitted } = new WatchedService();
	const deep = async (levels: number): Promise<unknown> => (levels === 0 ? service.stop() : await deep(levels - 1));
	const limit = Error.stackTraceLimit;
	await service.start((service) => service.task("outbox", async () => void (await deep(60))));
	await settled();
	assert.equal(Error.stackTraceLimit, limit);
	assert.equal(emitted("warning").length, 1);
	void service.stopNow();
	await clock.advance(0);
});
