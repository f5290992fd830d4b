import assert from "node:assert/strict";
import type { Worker } from "node:cluster";
import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { after, describe, it } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { ClusterSiblings } from "#src/process/cluster-siblings.js";
import { ClusterListeners } from "#src/resources/cluster-listeners.js";
import { FakeWorker } from "./fake-worker.ts";

function workers(count: number): FakeWorker[] {
	const listeners = new ClusterListeners();
	return Array.from({ length: count }, () => {
		const worker = new FakeWorker();
		listeners.watchServices(worker as unknown as Worker);
		worker.sends("here");
		assert.deepEqual(worker.received.splice(0), ["who", "siblings"]);
		return worker;
	});
}

describe("a primary whose workers close their listeners", () => {
	it("tells the workers that hold requests when the last one has closed, and not before", () => {
		const [a, b, c] = workers(3) as [FakeWorker, FakeWorker, FakeWorker];
		a.sends("emptying", "1");
		b.sends("emptying", "2");
		a.sends("listeners-closed", "1");
		assert.deepEqual(a.received, []);
		b.sends("listeners-closed", "2");
		assert.deepEqual([a.received, b.received, c.received], [["all-closed"], ["all-closed"], []]);
	});

	it("waits for no worker that goes on serving, has ended, or whose service has ended", () => {
		const [a, b] = workers(2) as [FakeWorker, FakeWorker];
		a.sends("emptying", "1");
		a.sends("listeners-closed", "1");
		assert.deepEqual(a.received.splice(0), ["all-closed"]);
		for (const ends of [(): void => b.sends("closed", "2"), (): void => void b.process.emit("exit", 0, null)]) {
			b.sends("emptying", "2");
			a.sends("emptying", "1");
			a.sends("listeners-closed", "1");
			assert.deepEqual(a.received, []);
			ends();
			assert.deepEqual(a.received.splice(0), ["all-closed"]);
		}
	});

	it("tells a worker that its queue is empty only after a whole poll, in which waiting connections were accepted", async (t) => {
		const [a] = workers(1) as [FakeWorker];
		let accepted = 0;
		const server = createServer((socket) => {
			accepted++;
			socket.destroy();
		});
		t.after(() => server.close());
		await once(server.listen(0, "127.0.0.1"), "listening");
		const { port } = server.address() as AddressInfo;
		const received = once(a.process, "received");
		connect(port, "127.0.0.1").on("error", () => {});
		// The kernel has the connection then, and the server not yet.
		for (let ticks = 0; ticks < 3; ticks++) await new Promise<void>((resolve) => process.nextTick(resolve));
		assert.equal(accepted, 0);
		a.sends("empty");
		await received;
		assert.deepEqual(a.received, ["handed-on"]);
		assert.equal(accepted, 1);
	});
});

describe("a worker among others", () => {
	// Its waits keep no process alive.
	const alive = setInterval(() => {}, 1_000);
	after(() => clearInterval(alive));

	function sibling() {
		const sent: string[] = [];
		return { sent, siblings: new ClusterSiblings((type) => void sent.push(type)) };
	}

	/** Resolves to true if the promise has resolved after a turn of the event loop. */
	async function isOver(promise: Promise<void>): Promise<boolean> {
		let over = false;
		void promise.then(() => (over = true));
		await nextTurn();
		return over;
	}

	it("waits for the message of its primary", async () => {
		const { sent, siblings } = sibling();
		siblings.receive("siblings");
		siblings.emptying();
		const handedOn = siblings.handedOn();
		assert.equal(await isOver(handedOn), false);
		siblings.receive("handed-on");
		assert.equal(await isOver(handedOn), true);
		const allClosed = siblings.allClosed(60_000);
		siblings.receive("handed-on");
		assert.equal(await isOver(allClosed), false);
		siblings.receive("all-closed");
		assert.equal(await isOver(allClosed), true);
		assert.deepEqual(sent, ["emptying", "empty", "listeners-closed"]);
	});

	it("waits only a moment for a primary without lastcall, and sends its message all the same", async () => {
		const { sent, siblings } = sibling();
		siblings.emptying();
		await siblings.handedOn();
		await siblings.allClosed(60_000);
		assert.deepEqual(sent, ["emptying", "empty", "listeners-closed"]);
	});

	it("waits no longer than its limit, and not for a primary that has gone", async () => {
		const { siblings } = sibling();
		siblings.receive("siblings");
		await siblings.allClosed(1);
		const allClosed = siblings.allClosed(60_000);
		siblings.gone();
		await allClosed;
		await siblings.handedOn();
	});
});
