import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import { type Group, type Service, StoppedError } from "lastcall";
import { Deferred, hang } from "../support/deferred.ts";
import { SIGTERM } from "../support/stop-reasons.ts";
import { WatchedService } from "../support/watched-service.ts";

type Begun = [name: string, atMs: number][];

/** Registers a closer that notes when it begins, in ms after the stop, and ends after a while. */
type Acquire = (group: Group, name: string, takesMs?: number) => void;

/** Starts with `main`, stops, and returns when each closer began. */
async function closing(
	main: (service: Service, acquire: Acquire, watched: WatchedService) => unknown,
): Promise<WatchedService & { begun: Begun }> {
	const watched = new WatchedService({ gracePeriodMs: 10_000 });
	const { service, clock, state } = watched;
	const begun: Begun = [];
	const acquire: Acquire = (group, name, takesMs = 0) => {
		group.defer(name, () => {
			begun.push([name, state.deadline?.elapsedMs ?? 0]);
			return takesMs === Infinity ? hang() : clock.wait(takesMs);
		});
	};
	const started = service.start((given) => main(given, acquire, watched));
	await clock.advance(1_000);
	await started;
	void service.stop();
	await clock.advance(10_000);
	assert.equal(service.phase, "closed");
	return Object.assign(watched, { begun });
}

test("the resources of a group are closed one after the other, the newest first", async () => {
	const { begun, service } = await closing((service, acquire) =>
		service.group("orders", (orders) => {
			acquire(orders, "a", 10);
			acquire(orders, "b", 20);
		}),
	);
	assert.deepEqual(begun, [
		["b", 0],
		["a", 20],
	]);
	assert.deepEqual(
		(await service.closed).closers.map(({ name }) => name),
		["orders/b", "orders/a"],
	);
});

test("groups that were started together are closed together, after what came later and before what came first", async () => {
	const { begun, service } = await closing(async (service, acquire, { clock }) => {
		acquire(service, "first", 5);
		const start = (name: string, startsMs: number) =>
			service.group(name, async (group) => {
				acquire(group, `${name} 1`, 10);
				await clock.wait(startsMs);
				acquire(group, `${name} 2`, 20);
			});
		await Promise.all([start("orders", 100), start("mail", 300)]);
		acquire(service, "last", 40);
	});
	assert.deepEqual(begun, [
		["last", 0],
		["mail 2", 40],
		["orders 2", 40],
		["mail 1", 60],
		["orders 1", 60],
		["first", 70],
	]);
	assert.equal((await service.closed).durationMs, 75);
});

test("a group that was begun when another had been started is closed before that one begins to close", async () => {
	const { begun } = await closing(async (service, acquire) => {
		await service.group("stores", (group) => acquire(group, "postgres", 10));
		await service.group("workers", (group) => {
			acquire(group, "a", 30);
			acquire(group, "b", 20);
		});
	});
	assert.deepEqual(begun, [
		["b", 0],
		["a", 20],
		["postgres", 50],
	]);
});

test("a group that was begun after a fast group, while a slow one was still starting, is closed before the fast one and beside the slow one", async () => {
	const { begun } = await closing(async (service, acquire, { clock }) => {
		const slow = service.group("slow", async (group) => {
			acquire(group, "slow", 100);
			await clock.wait(500);
		});
		await service.group("fast", (group) => acquire(group, "fast", 10));
		await service.group("on fast", (group) => acquire(group, "on fast", 10));
		await slow;
	});
	assert.deepEqual(begun, [
		["on fast", 0],
		["slow", 0],
		["fast", 10],
	]);
});

test("nested groups are closed in order, and their names are nested", async () => {
	const { begun, service } = await closing((service, acquire) =>
		service.group("region", async (region) => {
			acquire(region, "link", 10);
			await Promise.all(
				["a", "b"].map((name) =>
					region.group(name, (shard) => {
						acquire(shard, `pool ${name}`, 10);
						acquire(shard, `consumer ${name}`, 10);
					}),
				),
			);
			acquire(region, "router", 10);
		}),
	);
	assert.deepEqual(begun, [
		["router", 0],
		["consumer b", 10],
		["consumer a", 10],
		["pool b", 20],
		["pool a", 20],
		["link", 30],
	]);
	assert.deepEqual((await service.closed).closers.map(({ name }) => name).toSorted(), [
		"region/a/consumer a",
		"region/a/pool a",
		"region/b/consumer b",
		"region/b/pool b",
		"region/link",
		"region/router",
	]);
});

test("a group counts as its longest chain: a closer that hangs has the same share in each", async () => {
	const { begun } = await closing(async (service, acquire) => {
		acquire(service, "first");
		await Promise.all([
			service.group("long", (group) => {
				for (const name of ["l1", "l2", "l3"]) acquire(group, name, Infinity);
			}),
			service.group("short", (group) => acquire(group, "s1", Infinity)),
		]);
		acquire(service, "last", Infinity);
	});
	assert.deepEqual(begun, [
		["last", 0],
		["s1", 2_000],
		["l3", 2_000],
		["l2", 4_000],
		["l1", 6_000],
		["first", 8_000],
	]);
});

test("everything that a group registers has the group's name before its own", async (context) => {
	const { service, clock, emitted } = new WatchedService();
	const server = createServer();
	context.after(() => server.close());
	await service.start(() =>
		service.group("orders", async (orders) => {
			assert.equal(orders.drainSignal, service.drainSignal);
			assert.equal(orders.hardStopSignal, service.hardStopSignal);
			await orders.listen("http", server, { port: 0, host: "127.0.0.1" });
			orders.task("outbox", hang);
			orders.every("sweep", 5, hang);
			orders.enter("import", "file 7");
			orders.use("pool", { [Symbol.dispose]() {} });
			assert.deepEqual(
				service.inFlight().map(({ name, what }) => `${name} ${what}`),
				["main starting", "orders starting", "orders/outbox task", "orders/import file 7"],
			);
		}),
	);
	await clock.advance(5);
	assert.deepEqual(
		service.inFlight().map(({ name }) => name),
		["orders/outbox", "orders/import", "orders/sweep"],
	);
	assert.equal(emitted("listening")[0]?.name, "orders/http");
	await service.stopNow();
	assert.deepEqual((await service.closed).closers[0]?.name, "orders/pool");
});

test("group() resolves to what its function returns, and rejects with what that throws; the service goes on", async () => {
	const error = new Error("boom");
	const { service, begun } = await closing(async (service, acquire, { clock }) => {
		const pool = await service.group("stores", () => clock.wait(10).then(() => "a pool"));
		assert.equal(pool, "a pool");
		for (const fails of [() => Promise.reject(error), (): never => assert.fail(error)]) {
			const failing = service.group("optional", (group) => {
				acquire(group, "half");
				return fails();
			});
			await assert.rejects(failing, (thrown) => thrown === error);
		}
	});
	assert.deepEqual(
		begun.map(([name]) => name),
		["half", "half"],
		"what it had acquired is closed with the service",
	);
	assert.equal((await service.closed).ok, true);
});

test("after a failure or a stop half-way through a group's start, exactly what had started is closed, in reverse", async () => {
	for (const kind of ["failure", "stop", "stop that is noticed"]) {
		const { service, clock, state } = new WatchedService();
		const closed: string[] = [];
		const acquire = (group: Group, name: string): void => group.defer(name, () => closed.push(name));
		const started = service.start(async (service) => {
			acquire(service, "first");
			await service.group("orders", async (orders) => {
				acquire(orders, "pool");
				await clock.wait(10);
				if (kind === "failure") throw new Error("boom");
				if (kind === "stop that is noticed") service.drainSignal.throwIfAborted();
				acquire(orders, "consumer");
			});
			await service.group("never", (group) => acquire(group, "never"));
			acquire(service, "never");
		});
		const rejected = assert.rejects(started, kind === "failure" ? { message: "boom" } : StoppedError);
		await clock.advance(5);
		if (kind !== "failure") void state.stop(SIGTERM);
		await clock.advance(5);
		await rejected;
		const report = await service.closed;
		assert.deepEqual(closed, kind === "stop" ? ["consumer", "pool", "first"] : ["pool", "first"], kind);
		assert.equal(report.exitCode, kind === "failure" ? 1 : 0, kind);
	}
});

test("a group that hangs while it starts is named in the report, and what it had acquired is closed", async () => {
	const { service, clock } = new WatchedService();
	let closed = 0;
	void service.start(async (service) => {
		await service.group("orders", (orders) => {
			orders.defer("pool", () => closed++);
			return hang();
		});
	});
	const stopped = service.stop();
	await clock.advance(10_000);
	const { left } = await stopped;
	assert.deepEqual(
		left.map(({ name, what }) => `${name} ${what}`),
		["main starting", "orders starting"],
	);
	assert.equal(closed, 1);
});

test("a resource that is registered with a group after its start is closed as one of the enclosing group", async () => {
	const { begun } = await closing(async (service, acquire) => {
		const groups: Group[] = [];
		await service.group("outer", async (outer) => {
			await outer.group("inner", (inner) => {
				groups.push(inner);
				acquire(inner, "early", 10);
			});
			acquire(outer, "on inner", 10);
			for (const inner of groups) acquire(inner, "late in outer", 10);
		});
		acquire(service, "on outer", 10);
		for (const inner of groups) acquire(inner, "late", 10);
	});
	assert.deepEqual(begun, [
		["late", 0],
		["on outer", 10],
		["late in outer", 20],
		["on inner", 30],
		["early", 40],
	]);
});

test("a resource that the service acquires while groups close waits for the closers that have begun, and all others wait for it", async () => {
	const begun: Begun = [];
	const { service, clock } = new WatchedService();
	const start = clock.now();
	const acquire = (group: Group, name: string, close: () => unknown): void =>
		group.defer(name, () => {
			begun.push([name, clock.now() - start]);
			return close();
		});
	await service.start(() =>
		Promise.all([
			service.group("a", (group) => {
				acquire(group, "a1", () => clock.wait(10));
				acquire(group, "a2", async () => {
					acquire(service, "late", () => clock.wait(10));
					await clock.wait(10);
				});
			}),
			service.group("b", (group) => {
				acquire(group, "b1", () => clock.wait(10));
				acquire(group, "b2", () => clock.wait(30));
			}),
		]),
	);
	void service.stop();
	await clock.advance(100);
	// It may need anything that was there when it was acquired: it waits for what closes, and all else waits for it.
	assert.deepEqual(begun, [
		["b2", 0],
		["a2", 0],
		["late", 30],
		["b1", 40],
		["a1", 40],
	]);
	assert.equal((await service.closed).ok, true);
});

test("a group is not begun from draining on", async () => {
	const { service, clock } = new WatchedService();
	await service.start();
	const outbox = new Deferred();
	service.task("outbox", () => outbox.promise);
	void service.stop("enough");
	for (const phase of ["draining", "closed"]) {
		assert.equal(service.phase, phase);
		await assert.rejects(
			service.group("late", () => assert.fail("begun")),
			{ name: "StoppedError", message: 'group "late" was not begun: enough' },
		);
		outbox.resolve();
		await clock.advance(0);
	}
});

test("group() with a wrong name or function throws, with its name", async () => {
	const { service } = new WatchedService();
	const group = service.group.bind(service) as (...args: unknown[]) => Promise<unknown>;
	await assert.rejects(group("orders"), {
		name: "TypeError",
		message: '"orders": start: wanted a function, got undefined',
	});
	await assert.rejects(
		group("", () => {}),
		{ name: "TypeError" },
	);
	await service.group("orders", (orders) => {
		const adopt = orders.adopt.bind(orders) as (...args: unknown[]) => unknown;
		assert.throws(() => adopt("pool", {}, "end"), {
			name: "TypeError",
			message: '"orders/pool": close: wanted a function, got "end"',
		});
	});
});
