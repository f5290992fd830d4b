import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { describe, it, type TestContext } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type ServiceMessage, toIpcMessage } from "#src/core/parent-messages.js";
import { ChildServices } from "#src/resources/child-services.js";
import { SIGTERM } from "../support/stop-reasons.ts";
import { closing, runningService } from "../support/watched-service.ts";
import { Messages } from "./messages.ts";

const FIXTURE = fileURLToPath(new URL("./fixtures/service-child.js", import.meta.url));

/** Longer than the time in which repeated signals count as one. */
const DELIBERATELY_MS = 600;

/** A child under `run` that is running. */
async function served(t: TestContext, how = "") {
	// Without the flags of the test runner: some of them make SIGUSR2 write a report.
	const child = fork(FIXTURE, [how], { execArgv: [] });
	t.after(() => child.kill("SIGKILL"));
	const messages = new Messages(child);
	assert.equal(await messages.next(), "running");
	const ended = once(child, "exit") as Promise<[number | null, NodeJS.Signals | null]>;
	return { child, ended, nextMessage: () => messages.next(), finish: () => process.kill(child.pid ?? 0, "SIGUSR2") };
}

/** Resolves when the child has confirmed that it has a service: what it sent before has been read. */
function known(child: ChildProcess): Promise<unknown> {
	return once(child as EventEmitter, "internalMessage");
}

describe("a forked child under run()", { concurrency: 2, skip: process.platform === "win32" }, () => {
	it("gets a stop message and no signal", async (t) => {
		const { service } = await runningService();
		const { child, nextMessage, finish, ended } = await served(t);
		service.use("child", child);
		await known(child);
		void service.stop();
		assert.equal(await nextMessage(), "the service is stopping: stopped by the parent");
		finish();
		assert.deepEqual(await ended, [0, null]);
		const report = await service.closed;
		assert.deepEqual([report.ok, report.closers[0]?.outcome], [true, "closed"]);
	});

	it("that the platform has stopped already loses nothing at the parent's stop message", async (t) => {
		const { service } = await runningService();
		const { child, nextMessage, finish, ended } = await served(t);
		service.use("child", child);
		await known(child);
		process.kill(child.pid ?? 0, "SIGTERM");
		assert.equal(await nextMessage(), "the service is stopping: SIGTERM");
		assert.equal(await nextMessage(), "SIGTERM");
		await delay(DELIBERATELY_MS);
		const stopping = once(child as EventEmitter, "internalMessage");
		void service.stop();
		// It has got its parent's message, and goes on.
		await stopping;
		assert.equal(service.phase, "closing");
		finish();
		assert.deepEqual(await ended, [0, null]);
		assert.ok((await service.closed).ok);
	});

	it("that has not answered yet gets SIGTERM, and a stop message after that is no hard stop", async (t) => {
		const { service } = await runningService();
		const { child, nextMessage, finish, ended } = await served(t);
		process.kill(child.pid ?? 0, "SIGTERM");
		assert.equal(await nextMessage(), "the service is stopping: SIGTERM");
		assert.equal(await nextMessage(), "SIGTERM");
		await delay(DELIBERATELY_MS);
		// Frozen, so that it can't respond before the parent closes it.
		process.kill(child.pid ?? 0, "SIGSTOP");
		service.use("child", child);
		void service.stop();
		await closing(service);
		process.kill(child.pid ?? 0, "SIGCONT");
		assert.equal(await nextMessage(), "SIGTERM");
		finish();
		assert.deepEqual(await ended, [0, null]);
		assert.ok((await service.closed).ok);
	});

	it("that goes on after its service is closed gets SIGTERM", async (t) => {
		const { service } = await runningService();
		const { child, nextMessage, finish, ended } = await served(t, "goes-on");
		service.use("child", child);
		await known(child);
		process.kill(child.pid ?? 0, "SIGTERM");
		assert.match(String(await nextMessage()), /is stopping/);
		assert.equal(await nextMessage(), "SIGTERM");
		finish();
		assert.equal(await nextMessage(), "goes on");
		assert.ok((await service.stop()).ok);
		assert.deepEqual(await ended, [null, "SIGTERM"]);
	});

	it("that left something is a failure in the report, however it was stopped", async (t) => {
		for (const isToldFirst of [true, false]) {
			const { service, state } = await runningService();
			const { child, ended } = await served(t, "is-short");
			service.use("child", child);
			await known(child);
			void state.stop(SIGTERM);
			if (isToldFirst) process.kill(child.pid ?? 0, "SIGTERM");
			assert.deepEqual(await ended, [1, null]);
			const { errors, ok, exitCode } = await service.closed;
			assert.match(String(errors[0]?.error), /its shutdown ended with exit code 1: 1 left$/);
			assert.deepEqual([errors.length, ok, exitCode], [1, false, 1]);
		}
	});

	it("that a second signal has ended is a failure in the report", async (t) => {
		const { service, state } = await runningService();
		const { child, nextMessage, ended } = await served(t);
		service.use("child", child);
		await known(child);
		void state.stop(SIGTERM);
		assert.match(String(await nextMessage()), /is stopping/);
		await delay(DELIBERATELY_MS);
		process.kill(child.pid ?? 0, "SIGINT");
		assert.deepEqual(await ended, [130, null]);
		const { errors, exitCode } = await service.closed;
		assert.match(String(errors[0]?.error), /its shutdown ended with exit code 130: 1 left$/);
		assert.equal(exitCode, 1);
	});

	it("that is killed in the middle of its shutdown is a failure in the report", async (t) => {
		for (const signal of ["SIGKILL", "SIGINT"] as const) {
			const { service, state } = await runningService();
			const { child, nextMessage, ended } = await served(t);
			service.use("child", child);
			await known(child);
			void state.stop(SIGTERM);
			assert.match(String(await nextMessage()), /is stopping/);
			if (signal === "SIGINT") await delay(DELIBERATELY_MS);
			process.kill(child.pid ?? 0, signal);
			await ended;
			assert.equal((await service.closed).errors.length, 1);
		}
	});
});

/** A child whose messages the test sends, and that records the messages that it gets. */
class FakeChild extends EventEmitter {
	connected = true;
	readonly received: unknown[] = [];

	send(message: unknown, done: (error: Error | null) => void): void {
		this.received.push(message);
		done(null);
	}

	sends(message: ServiceMessage): void {
		this.emit("internalMessage", toIpcMessage(message));
	}
}

describe("the messages of services in a child", () => {
	const END = { exitCode: 0, left: 0, failed: 0 };

	function faked() {
		const child = new FakeChild();
		const services = new ChildServices(child as unknown as ChildProcess);
		let unheard = 0;
		return { child, services, stop: () => services.stop(() => unheard++), unheard: () => unheard };
	}

	it("show that a stop message that crosses the end of the only service was not received", () => {
		const { child, services, stop, unheard } = faked();
		child.sends({ type: "here", id: "a" });
		assert.ok(stop());
		assert.deepEqual(child.received.at(-1), toIpcMessage("stop"));
		child.sends({ type: "closed", id: "a", end: END });
		assert.equal(unheard(), 1);
		assert.equal(services.failure, undefined);
	});

	it("make a signal unnecessary after a stop message that was received", () => {
		const { child, stop, unheard } = faked();
		for (const id of ["a", "b"]) child.sends({ type: "here", id });
		assert.ok(stop());
		child.sends({ type: "closed", id: "a", end: END });
		child.sends({ type: "stopping", id: "b" });
		child.sends({ type: "closed", id: "b", end: END });
		assert.equal(unheard(), 0);
	});

	it("are absent without a service, after its end, or without a channel", () => {
		const { child, stop } = faked();
		assert.equal(stop(), false);
		child.sends({ type: "here", id: "a" });
		child.connected = false;
		assert.equal(stop(), false);
		child.connected = true;
		child.sends({ type: "closed", id: "a", end: END });
		assert.equal(stop(), false);
	});

	it("give the worst end of several services as the failure", () => {
		const { child, services } = faked();
		for (const id of ["a", "b", "c"]) child.sends({ type: "here", id });
		child.sends({ type: "closed", id: "a", end: END });
		child.sends({ type: "closed", id: "b", end: { exitCode: 130, left: 8, failed: 1 } });
		child.sends({ type: "closed", id: "c", end: { exitCode: 1, left: 1, failed: 0 } });
		assert.match(String(services.failure), /exit code 130: 8 left, 1 failed$/);
	});

	it("are not confused with messages of the program", () => {
		const { child, services } = faked();
		for (const message of [undefined, null, "here", { cmd: "NODE_CLUSTER" }, { lastcall: { type: "here", id: "a" } }]) {
			child.emit("internalMessage", message);
		}
		assert.equal(services.areRunning, false);
	});
});
