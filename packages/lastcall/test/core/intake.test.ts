import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Service, StoppedError } from "lastcall";
import { Deferred, hang } from "../support/deferred.ts";
import { SIGTERM } from "../support/stop-reasons.ts";
import { runningService, WatchedService } from "../support/watched-service.ts";

test("intake() returns the resource, and stops it once, with the resource and the hard-stop signal", async () => {
	const { service, clock } = await runningService();
	const calls: (readonly unknown[])[] = [];
	const consumer = { name: "orders" };
	assert.equal(
		service.intake("orders", consumer, (...given) => void calls.push(given)),
		consumer,
	);
	await clock.advance(1_000);
	assert.equal(calls.length, 0);
	const stopped = service.stop();
	assert.equal(calls.length, 1, "in the turn in which draining begins");
	await clock.advance(0);
	assert.equal((await stopped).ok, true);
	assert.equal(calls.length, 1);
	const [given, signal, ...others] = calls[0] ?? [];
	assert.deepEqual([given === consumer, signal === service.hardStopSignal, others], [true, true, []]);
});

test("an intake goes on in the lame duck, and is stopped before anything else when draining begins", async () => {
	const { service, clock, serve, state } = await runningService({ lameDuckMs: 100 });
	const order: string[] = [];
	serve("http").drain = async () => void order.push("server drains");
	service.drainSignal.addEventListener("abort", () => order.push("drain signal"));
	service.task("outbox", async (signal) => {
		await new Promise((resolve) => signal.addEventListener("abort", resolve));
	});
	for (const name of ["orders", "cron"]) service.intake(name, {}, () => order.push(`${name} in ${service.phase}`));
	void state.stop(SIGTERM);
	await clock.advance(99);
	assert.equal(service.phase, "lame-duck");
	assert.deepEqual(order, []);
	await clock.advance(1);
	assert.deepEqual(order, ["orders in draining", "cron in draining", "drain signal", "server drains"]);
	assert.equal((await service.closed).ok, true);
});

test("intakes stop side by side with each other, with servers and with tasks", async () => {
	const { service, clock, serve } = await runningService();
	const http = serve("http");
	http.accept("GET /");
	service.intake("orders", {}, () => clock.wait(300));
	service.intake("mail", {}, () => clock.wait(200));
	service.task("outbox", () => clock.wait(250));
	clock.after(100, () => http.finish());
	const stopped = service.stop();
	await clock.advance(300);
	assert.equal((await stopped).durationMs, 300);
});

test("the log names an intake from the start of draining until it has stopped, and one that stops at once not at all", async () => {
	const { service, clock, log, emitted } = await runningService();
	service.intake("cron", {}, () => {});
	service.intake("orders", {}, () => clock.wait(1_500));
	const stopped = service.stop("enough");
	assert.deepEqual(service.inFlight(), [{ name: "orders", what: "stopping", ageMs: 0 }]);
	await clock.advance(1_500);
	assert.equal((await stopped).ok, true);
	assert.deepEqual(
		emitted("draining").map(({ inFlight }) => inFlight),
		[[{ name: "orders", what: "stopping", ageMs: 0 }]],
	);
	assert.deepEqual(log.slice(1), [
		"lastcall: service is shutting down: enough; grace period 10 s",
		"lastcall: draining, 1 in flight: orders stopping (0 ms)",
		"lastcall: 9.0 s left, 1 in flight: orders stopping (1.0 s)",
		"lastcall: closed after 1.5 s, everything finished, exit code 0",
	]);
});

test("the work that an intake has taken is waited for, whether it is entered or only the stop waits for it", async () => {
	for (const isEntered of [true, false]) {
		const { service, clock } = await runningService();
		const order: string[] = [];
		service.defer("postgres", () => order.push("postgres closed"));
		const job = new Deferred();
		const done = isEntered ? service.enter("job", "17") : (): void => {};
		void job.promise.then(() => {
			order.push("job done");
			done();
		});
		service.intake("orders", {}, async () => {
			await job.promise;
			order.push("stopped");
		});
		const stopped = service.stop();
		await clock.advance(500);
		const [what, both] = ["orders stopping", ["job 17", "orders stopping"]];
		assert.deepEqual(
			service.inFlight().map(({ name, what }) => `${name} ${what}`),
			isEntered ? both : [what],
		);
		job.resolve();
		await clock.advance(0);
		assert.deepEqual(order, ["job done", "stopped", "postgres closed"]);
		assert.equal((await stopped).ok, true);
	}
});

test("work that is entered after the stop has resolved is waited for, and so is work that it hands on", async () => {
	const { service, clock } = await runningService();
	let closedAt: number | undefined;
	const start = clock.now();
	service.defer("postgres", () => {
		closedAt = clock.now() - start;
	});
	// A library that does not wait for its handlers: the handler of the last message enters, and then begins a task.
	service.intake("orders", {}, () => {
		const done = service.enter("message", "last");
		clock.after(100, () => {
			service.task("mail", () => clock.wait(50));
			done();
		});
	});
	const stopped = service.stop();
	await clock.advance(150);
	assert.equal(closedAt, 150);
	assert.equal((await stopped).ok, true);
});

describe("a stop that fails", () => {
	const error = new Error("boom");
	const fails: Record<string, () => unknown> = {
		"throws at once": () => {
			throw error;
		},
		rejects: () => Promise.reject(error),
	};
	for (const [how, stop] of Object.entries(fails)) {
		test(`${how}: it is a failure in the report by name, and everything else is finished`, async () => {
			const { service, clock, log } = await runningService();
			const order: string[] = [];
			service.defer("postgres", () => order.push("postgres closed"));
			service.intake("first", {}, stop);
			service.intake("second", {}, () => order.push("second stopped"));
			service.task("outbox", () => clock.wait(100).then(() => order.push("outbox done")));
			const stopped = service.stop();
			await clock.advance(100);
			const report = await stopped;
			assert.deepEqual(order, ["second stopped", "outbox done", "postgres closed"]);
			assert.deepEqual(report.errors, [{ name: "first", error }]);
			assert.equal(report.reason.kind, "call");
			assert.deepEqual([report.ok, report.exitCode, report.left], [false, 1, []]);
			assert.ok(log.some((line) => line.startsWith("lastcall: first failed: Error: boom")));
		});
	}

	test("with an error that only says that something was aborted: it has stopped well", async () => {
		const { service, clock } = await runningService();
		service.intake("orders", {}, () => Promise.reject(new DOMException("This operation was aborted", "AbortError")));
		service.intake("mail", {}, () => clock.turn().then(() => service.drainSignal.throwIfAborted()));
		const stopped = service.stop();
		await clock.advance(0);
		assert.deepEqual((await stopped).errors, []);
	});
});

test("at the hard stop a stop is no longer waited for: it is left, by name and age, and resources are still closed", async () => {
	const { service, clock } = await runningService();
	const order: string[] = [];
	service.defer("postgres", () => order.push("postgres closed"));
	service.intake("orders", {}, (_, signal) => {
		signal.addEventListener("abort", () => order.push("forced"), { once: true });
		return hang();
	});
	const stopped = service.stop();
	await clock.advance(7_999);
	assert.deepEqual(order, []);
	await clock.advance(1);
	assert.deepEqual(order, ["forced", "postgres closed"]);
	const { left, hardStop, exitCode, errors } = await stopped;
	assert.deepEqual(left, [{ name: "orders", what: "stopping", ageMs: 8_000 }]);
	assert.deepEqual(hardStop, { cause: "deadline", atMs: 8_000 });
	assert.deepEqual([exitCode, errors], [1, []]);
});

test("a forced stop that ends the ordinary one with an AbortError is left, and no failure", async () => {
	const { service, clock } = await runningService();
	service.defer("postgres", () => clock.wait(10));
	service.intake("orders", {}, (_, signal) => {
		return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
	});
	const stopped = service.stop();
	await clock.advance(10_000);
	const { left, errors } = await stopped;
	assert.deepEqual(
		left.map(({ name }) => name),
		["orders"],
	);
	assert.deepEqual(errors, []);
});

test("a second Ctrl+C is a hard stop for an intake, too", async () => {
	const { service, clock, sendSignal } = await signaled();
	let isForced = false;
	service.intake("orders", {}, (_, signal) => {
		signal.addEventListener("abort", () => {
			isForced = true;
		});
		return hang();
	});
	sendSignal("SIGINT");
	await clock.advance(1_000);
	sendSignal("SIGINT");
	await clock.advance(0);
	const { left, exitCode } = await service.closed;
	assert.equal(isForced, true);
	assert.deepEqual(left, [{ name: "orders", what: "stopping", ageMs: 1_000 }]);
	assert.equal(exitCode, 130);
});

async function signaled(): Promise<Pick<WatchedService, "service" | "clock" | "sendSignal">> {
	const watched = await runningService();
	const { service, clock } = watched;
	return { service, clock, sendSignal: (signal) => watched.sendSignal(signal) };
}

test("stopNow() as the stop reason still stops every intake", async () => {
	const { service, clock } = await runningService();
	let signal: AbortSignal | undefined;
	service.intake("orders", {}, (_, given) => {
		signal = given;
		assert.equal(given.aborted, false);
		return hang();
	});
	const stopped = service.stopNow();
	await clock.advance(0);
	assert.equal(signal?.aborted, true);
	assert.deepEqual(
		(await stopped).left.map(({ name }) => name),
		["orders"],
	);
});

test("a crash stops intakes at once, without a lame duck, and for no longer than the crash allows", async () => {
	const { service, clock, state } = await runningService({ lameDuckMs: 1_000 });
	let isStopped = false;
	service.intake("orders", {}, () => {
		isStopped = true;
		return hang();
	});
	void state.stop({ kind: "uncaught", error: new Error("boom") });
	assert.equal(isStopped, true);
	await clock.advance(2_500);
	const { left, durationMs } = await service.closed;
	assert.deepEqual(left, [{ name: "orders", what: "stopping", ageMs: 2_500 }]);
	assert.equal(durationMs, 2_500);
});

test("a stop reason before `main` has ended stops what it has registered, and what it registers then", async () => {
	const { service, clock, state } = new WatchedService();
	const stops: string[] = [];
	const opened = new Deferred();
	const main = async (service: Service): Promise<void> => {
		service.defer("postgres", () => stops.push("postgres closed"));
		service.intake("early", {}, () => stops.push("early"));
		await opened.promise;
		service.intake("late", {}, async () => {
			stops.push("late");
			await clock.wait(100);
			stops.push("late stopped");
		});
		stops.push("main goes on");
	};
	const started = service.start(main);
	void state.stop(SIGTERM);
	assert.deepEqual(stops, ["early"]);
	await clock.advance(50);
	opened.resolve();
	await clock.advance(100);
	await started;
	assert.deepEqual(stops, ["early", "late", "main goes on", "late stopped", "postgres closed"]);
	assert.equal((await service.closed).ok, true);
});

test("a stop during the lame duck is for what is registered in it, too", async () => {
	const { service, clock, state } = await runningService({ lameDuckMs: 100 });
	void state.stop(SIGTERM);
	await clock.advance(50);
	let stoppedAt: number | undefined;
	service.intake("orders", {}, () => {
		stoppedAt = state.deadline?.elapsedMs;
	});
	await clock.advance(50);
	assert.equal(stoppedAt, 100);
	assert.equal((await service.closed).ok, true);
});

test("an intake that a stop registers is stopped at once, also while the others are being stopped", async () => {
	const { service, clock } = await runningService();
	const stops: string[] = [];
	service.intake("a", {}, () => {
		stops.push("a");
		service.intake("of a", {}, () => stops.push("of a"));
	});
	service.intake("b", {}, async () => {
		stops.push("b");
		await clock.wait(10);
		service.intake("of b", {}, () => stops.push("of b"));
	});
	const stopped = service.stop();
	assert.deepEqual(stops, ["a", "of a", "b"]);
	await clock.advance(10);
	assert.deepEqual(stops, ["a", "of a", "b", "of b"]);
	assert.equal((await stopped).ok, true);
});

test("from closing on, an intake is stopped at once, and its caller gets a StoppedError", async () => {
	const { service, clock, emitted } = await runningService();
	let stops = 0;
	const tooLate = (error: unknown): boolean => {
		assert.ok(error instanceof StoppedError);
		assert.equal(error.message, '"late" came too late and was stopped at once: enough');
		return true;
	};
	const register = (): void => assert.throws(() => service.intake("late", {}, () => stops++), tooLate);
	service.defer("postgres", register);
	const stopped = service.stop("enough");
	await clock.advance(0);
	assert.equal((await stopped).ok, true);
	register();
	assert.equal(stops, 2);
	const error = new Error("boom");
	assert.throws(() => service.intake("fails", {}, () => Promise.reject(error)), StoppedError);
	await clock.advance(0);
	assert.deepEqual(
		emitted("failed").map(({ failure }) => failure),
		[{ name: "fails", error }],
	);
});

test("an intake of a group has the group's name before its own, also after the group has started", async () => {
	const { service, clock } = await runningService();
	const group = await service.group("orders", (group) => {
		group.intake("worker", {}, () => clock.wait(10));
		return group;
	});
	group.intake("cron", {}, () => clock.wait(10));
	const stopped = service.stop();
	assert.deepEqual(
		service.inFlight().map(({ name }) => name),
		["orders/worker", "orders/cron"],
	);
	await clock.advance(10);
	assert.equal((await stopped).ok, true);
});

test("a stop may await what the drain does: the service does not wait for itself", async () => {
	const { service, clock } = await runningService();
	service.intake("orders", {}, async () => {
		await clock.turn();
		assert.equal(service.drainSignal.aborted, true);
		assert.equal(service.hardStopSignal.aborted, false);
	});
	const stopped = service.stop();
	await clock.advance(0);
	assert.equal((await stopped).ok, true);
});

test("intake() with a wrong name or stop throws at once, with its name", async () => {
	const { service } = await runningService();
	const intake = service.intake.bind(service) as (...args: unknown[]) => void;
	const stop = (): void => assert.fail("called");
	assert.throws(() => intake("", {}, stop), {
		name: "TypeError",
		message: 'name: wanted a non-empty string, got ""',
	});
	for (const wrong of ["close", Promise.resolve(), null]) {
		assert.throws(() => intake("orders", {}, wrong), {
			name: "TypeError",
			message: /^"orders": stop: wanted a function, got ("close"|Promise|null)$/,
		});
	}
	assert.throws(() => intake("orders", {}), {
		name: "TypeError",
		message: /^"orders" without stop: wanted a child process, .* or .*, got Object$/,
	});
	assert.equal((await service.stop()).ok, true);
});

describe("an intake without stop", () => {
	const resource = (dispose: () => unknown): AsyncDisposable => ({
		async [Symbol.asyncDispose]() {
			await dispose();
		},
	});

	test("begins to close when draining begins, and is waited for before resources are closed", async () => {
		const { service, clock } = await runningService();
		const order: string[] = [];
		service.defer("postgres", () => order.push("postgres closed"));
		const consumer = resource(async () => {
			order.push("consumer closes");
			await clock.wait(100);
			order.push("consumer closed");
		});
		assert.equal(service.intake("consumer", consumer), consumer);
		const done = service.enter("request");
		clock.after(200, done);
		const stopped = service.stop();
		assert.deepEqual(order, ["consumer closes"]);
		assert.deepEqual(
			service.inFlight().map(({ name, what }) => `${name} ${what}`),
			["request work", "consumer stopping"],
		);
		await clock.advance(200);
		const { closers } = await stopped;
		assert.deepEqual(order, ["consumer closes", "consumer closed", "postgres closed"]);
		assert.deepEqual(
			closers.map(({ name, outcome }) => `${name} ${outcome}`),
			["consumer closed", "postgres closed"],
		);
	});

	test("that fails to close is one failure in the report", async () => {
		const { service, clock } = await runningService();
		const error = new Error("boom");
		service.intake(
			"consumer",
			resource(() => Promise.reject(error)),
		);
		const stopped = service.stop();
		await clock.advance(0);
		assert.deepEqual((await stopped).errors, [{ name: "consumer", error }]);
	});

	test("that has not closed at the hard stop of the drain has its time as a closer", async () => {
		const { service, clock } = await runningService();
		service.intake(
			"consumer",
			resource(() => clock.wait(9_000)),
		);
		const stopped = service.stop();
		await clock.advance(9_000);
		const { closers, left, errors, durationMs } = await stopped;
		assert.deepEqual([durationMs, errors], [9_000, []]);
		assert.deepEqual(
			left.map(({ name, what }) => `${name} ${what}`),
			["consumer stopping"],
		);
		assert.deepEqual(
			closers.map(({ name, outcome }) => `${name} ${outcome}`),
			["consumer closed"],
		);
	});

	test("while closing is closed as the newest resource, and once all is closed its caller gets a StoppedError", async () => {
		const { service, clock } = await runningService();
		const order: string[] = [];
		service.defer("postgres", () => order.push("postgres"));
		service.defer(
			"late",
			() =>
				void service.intake(
					"consumer",
					resource(() => order.push("consumer")),
				),
		);
		const stopped = service.stop("enough");
		await clock.advance(0);
		assert.equal((await stopped).ok, true);
		assert.deepEqual(order, ["consumer", "postgres"]);
		assert.throws(
			() =>
				service.intake(
					"later",
					resource(() => order.push("later")),
				),
			{
				name: "StoppedError",
				message: '"later" came too late and was closed at once: enough',
			},
		);
		assert.deepEqual(order, ["consumer", "postgres", "later"]);
	});
});
