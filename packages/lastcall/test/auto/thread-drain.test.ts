import assert from "node:assert/strict";
import { on } from "node:events";
import { it, type TestContext } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { BroadcastChannel } from "node:worker_threads";
import { ThreadDrain } from "#src/auto/thread-drain.js";
import { type ParentMessage, type ServiceMessage, threadChannel } from "#src/core/parent-messages.js";
import type { RootService } from "#src/service/root-service.js";
import { Deferred } from "../support/deferred.ts";
import { runningInternally } from "../support/quiet-service.ts";

/** The service in a worker thread. The test sends its messages, and reads those that it gets. */
class FakeThread {
	readonly id: number;
	readonly #channel: BroadcastChannel;
	readonly #messages: AsyncIterator<MessageEvent[]>;

	/** @param id of no thread that runs */
	constructor(t: TestContext, id: number) {
		this.id = id;
		this.#channel = new BroadcastChannel(threadChannel(id));
		this.#messages = on(this.#channel as unknown as EventTarget, "message") as AsyncIterator<MessageEvent[]>;
		t.after(() => this.#channel.close());
	}

	/** Resolves to the next message that it gets. */
	async receives(): Promise<ParentMessage> {
		const { value } = await this.#messages.next();
		return value[0].data;
	}

	sends(type: "here" | "drained"): void {
		this.#channel.postMessage({ type, id: "a" } satisfies ServiceMessage);
	}
}

/** Resolves when as many of the threads as `count` are waited for. */
async function waitsFor(service: RootService, count: number): Promise<void> {
	while (service.inFlight().filter(({ name }) => name === "worker threads").length !== count) await nextTurn();
}

it("a thread whose first server listens during the drain is asked to drain at once, and waited for", async (t) => {
	const service = await runningInternally(t);
	const threads = new ThreadDrain(service.state);
	const [early, late] = [new FakeThread(t, 1_000_001), new FakeThread(t, 1_000_002)];
	threads.add(early.id, undefined);
	const stopped = service.stop();
	assert.equal(await early.receives(), "drain");
	threads.add(late.id, undefined);
	assert.equal(await late.receives(), "drain");
	await waitsFor(service, 2);
	early.sends("drained");
	await waitsFor(service, 1);
	assert.equal(service.phase, "draining");
	late.sends("drained");
	assert.equal((await stopped).left.length, 0);
});

it("a thread whose service begins after it was asked to drain is asked again", async (t) => {
	const service = await runningInternally(t);
	const threads = new ThreadDrain(service.state);
	const [early, late] = [new FakeThread(t, 1_000_003), new FakeThread(t, 1_000_004)];
	threads.add(early.id, undefined);
	const stopped = service.stop();
	threads.add(late.id, undefined);
	assert.equal(await late.receives(), "drain");
	late.sends("here");
	assert.equal(await late.receives(), "drain");
	for (const thread of [early, late]) thread.sends("drained");
	await stopped;
});

it("the first thread of all, whose server listens during the drain, is waited for", async (t) => {
	const service = await runningInternally(t);
	const task = new Deferred();
	service.task("other work", () => task.promise);
	const stopped = service.stop();
	const late = new FakeThread(t, 1_000_005);
	new ThreadDrain(service.state).add(late.id, undefined);
	assert.equal(await late.receives(), "drain");
	task.resolve();
	await waitsFor(service, 1);
	assert.equal(service.phase, "draining");
	late.sends("drained");
	assert.equal((await stopped).left.length, 0);
});

it("a thread whose first server listens after the drain is left to the program", async (t) => {
	const service = await runningInternally(t);
	await service.stop();
	new ThreadDrain(service.state).add(1_000_006, undefined);
	assert.equal(service.inFlight().length, 0);
});
