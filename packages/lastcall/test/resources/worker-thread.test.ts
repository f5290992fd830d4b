import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, it, type TestContext } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { runningService } from "../support/watched-service.ts";
import { Messages } from "./messages.ts";

/** A thread with a service, that is running. */
async function thread(t: TestContext, how: string, data: object = {}) {
	const worker = new Worker(new URL("./fixtures/thread.js", import.meta.url), { workerData: { how, ...data } });
	t.after(() => worker.terminate());
	const messages = new Messages(worker);
	const ended = once(worker, "exit");
	ended.catch(() => {});
	assert.equal(await messages.next(), "running");
	return { worker, ended, nextMessage: () => messages.next() };
}

const plain = (source: string): Worker => new Worker(source, { eval: true });

describe("a worker thread", () => {
	it("with a service gets its stop message in its turn, drains, and is waited for", async (t) => {
		const { service } = await runningService();
		const { worker, nextMessage } = await thread(t, "obeys");
		const order: string[] = [];
		service.defer("before", () => order.push("before"));
		assert.equal(service.use("thread", worker), worker);
		// Neither side has had a turn to send its messages: the service waits for the thread.
		void service.stop();
		assert.equal(await nextMessage(), "the service is stopping: stopped by the parent");
		assert.equal(service.phase, "closing");
		worker.once("exit", (code) => order.push(`exit ${code}`));
		worker.postMessage("finish");
		assert.equal(await nextMessage(), "database closed");
		assert.ok((await service.closed).ok);
		assert.deepEqual(order, ["exit 0", "before"]);
	});

	it("with a service that computes for a while when it is registered gets its stop message too", async (t) => {
		const { service } = await runningService();
		const { worker, nextMessage } = await thread(t, "replies late");
		service.use("thread", worker);
		void service.stop();
		assert.equal(await nextMessage(), "the service is stopping: stopped by the parent");
		worker.postMessage("finish");
		assert.equal(await nextMessage(), "database closed");
		assert.ok((await service.closed).ok);
	});

	it("as an intake gets its stop message when draining begins, and is waited for before resources are closed", async (t) => {
		const { service } = await runningService();
		const { worker, nextMessage } = await thread(t, "obeys");
		const order: string[] = [];
		service.defer("before", () => order.push("before"));
		assert.equal(service.intake("thread", worker), worker);
		service.defer("after", () => order.push("after"));
		void service.stop();
		assert.equal(await nextMessage(), "the service is stopping: stopped by the parent");
		assert.equal(service.phase, "draining");
		worker.once("exit", (code) => order.push(`exit ${code}`));
		worker.postMessage("finish");
		assert.equal(await nextMessage(), "database closed");
		assert.ok((await service.closed).ok);
		assert.deepEqual(order, ["exit 0", "after", "before"]);
	});

	it("that was registered before it had a service gets its stop message too", async (t) => {
		const { service } = await runningService();
		const worker = new Worker(new URL("./fixtures/thread.js", import.meta.url), { workerData: { how: "obeys" } });
		t.after(() => worker.terminate());
		const messages = new Messages(worker);
		service.use("thread", worker);
		assert.equal(await messages.next(), "running");
		void service.stop();
		assert.match(String(await messages.next()), /stopped by the parent/);
		worker.postMessage("finish");
		assert.ok((await service.closed).ok);
	});

	for (const how of ["obeys", "hangs"]) {
		it(`that ${how} is terminated when time is up, and no sooner`, async (t) => {
			const { service, clock } = await runningService({ gracePeriodMs: 10_000 });
			const { worker, nextMessage, ended } = await thread(t, how);
			service.use("thread", worker);
			await nextTurn();
			void service.stop();
			assert.match(String(await nextMessage()), /stopped by the parent/);
			await clock.advance(9_999);
			assert.notEqual(worker.threadId, -1);
			await clock.advance(1);
			const { left, errors, exitCode } = await service.closed;
			assert.deepEqual([left[0]?.name, errors, exitCode], ["thread", [], 1]);
			assert.deepEqual(await ended, [1]);
		});
	}

	it("whose event loop is blocked past its own deadline doesn't end the process", async (t) => {
		const { service } = await runningService();
		const { worker } = await thread(t, "blocks", { gracePeriodMs: 50 });
		service.use("thread", worker);
		await nextTurn();
		const { errors } = await service.stop();
		assert.match(String(errors[0]?.error), /ended by itself with exit code 1$/);
	});

	it("without a service, or before it has one, is terminated in its turn", async () => {
		for (const source of ["setInterval(() => {}, 1000)", "for (;;);"]) {
			const { service } = await runningService();
			const worker = service.use("thread", plain(source));
			if (source.startsWith("set")) await once(worker, "online");
			const report = await service.stop();
			assert.ok(report.ok, JSON.stringify(report));
			assert.equal(worker.threadId, -1);
		}
	});

	it("that fails while the service is running stops it with its error", async (t) => {
		const { service } = await runningService();
		service.use("thread", plain("throw new Error('boom')"));
		const { reason, errors } = await service.closed;
		assert.ok(reason.kind === "resource-failed" && reason.name === "thread");
		assert.match(String(reason.error), /boom/);
		assert.equal(errors.length, 1);
		for (const [begin, message] of [
			[() => plain("process.exit(7)"), /with exit code 7$/],
			[async () => (await thread(t, "crashes", { gracePeriodMs: 2_000 })).worker, /with exit code 1$/],
		] as const) {
			const other = await runningService();
			other.service.use("thread", await begin());
			assert.match(String((await other.service.closed).errors[0]?.error), message);
		}
	});

	it("that ends well, or is terminated by the program, does not stop the service", async () => {
		const { service } = await runningService();
		const done = service.use("done", plain(""));
		await once(done, "exit");
		const ended = service.use("ended", plain("setInterval(() => {}, 1000)"));
		await once(ended, "online");
		await ended.terminate();
		await nextTurn();
		assert.equal(service.phase, "running");
		assert.ok((await service.stop()).ok);
	});
});
