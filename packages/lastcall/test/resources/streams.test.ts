import assert from "node:assert/strict";
import { createReadStream, createWriteStream, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Duplex, Readable, Writable } from "node:stream";
import { describe, it } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { closing, runningService } from "../support/watched-service.ts";

/** A stream whose writes are each done when the test lets them. */
function slow(): { stream: Writable; written: string[]; next: () => void } {
	const waiting: (() => void)[] = [];
	const written: string[] = [];
	const stream = new Writable({
		write(chunk, _encoding, done) {
			waiting.push(() => {
				written.push(String(chunk));
				done();
			});
		},
	});
	return { stream, written, next: () => waiting.shift()?.() };
}

describe("a stream", () => {
	it("is finished, then destroyed, before what it needs is closed", async () => {
		const { service } = await runningService();
		const { stream, written, next } = slow();
		const order: string[] = [];
		service.defer("before", () => order.push("before"));
		assert.equal(service.use("audit", stream), stream);
		stream.on("finish", () => order.push("finish"));
		stream.on("close", () => order.push("close"));
		stream.write("one");
		stream.write("two");
		void service.stop();
		await closing(service);
		next();
		await nextTurn();
		assert.equal(service.phase, "closing");
		assert.ok(!stream.destroyed);
		next();
		assert.ok((await service.closed).ok);
		assert.deepEqual(written, ["one", "two"]);
		assert.deepEqual(order, ["finish", "close", "before"]);
	});

	it("to a file has written everything and closed the file", async (t) => {
		const folder = mkdtempSync(join(tmpdir(), "lastcall-stream-"));
		t.after(() => rmSync(folder, { recursive: true }));
		const { service } = await runningService();
		const file = service.use("file", createWriteStream(join(folder, "log")));
		for (let i = 0; i < 1_000; i++) file.write(`${i}\n`);
		assert.ok((await service.stop()).ok);
		assert.ok(file.closed);
		assert.equal(readFileSync(join(folder, "log"), "utf8").split("\n").length, 1_001);
	});

	it("that doesn't finish is destroyed when time is up", async () => {
		const { service, clock } = await runningService({ gracePeriodMs: 10_000 });
		const { stream } = slow();
		service.use("audit", stream);
		stream.write("stuck");
		void service.stop();
		await clock.advance(9_999);
		assert.ok(!stream.destroyed);
		await clock.advance(1);
		const { left, errors } = await service.closed;
		assert.deepEqual([left[0]?.name, errors], ["audit", []]);
		assert.ok(stream.destroyed);
	});

	it("that fails, or is closed before it is finished, has failed", async () => {
		for (const end of [
			(stream: Writable) => stream.destroy(new Error("disk full")),
			(stream: Writable) => stream.destroy(),
		]) {
			const { service } = await runningService();
			const { stream } = slow();
			service.use("audit", stream);
			stream.write("one");
			void service.stop();
			await closing(service);
			end(stream);
			assert.match(String((await service.closed).errors[0]?.error), /disk full|closed before everything was written/);
		}
	});

	it("that the program has finished or closed itself is left alone", async () => {
		const { service } = await runningService();
		const ended = service.use("ended", new Writable({ write: (_chunk, _encoding, done) => done() }));
		ended.end("last");
		const quiet = service.use(
			"quiet",
			new Writable({ emitClose: false, autoDestroy: false, write: (_chunk, _encoding, done) => done() }),
		);
		quiet.end("last");
		const closed = service.use("closed", new Writable({ write() {} }));
		closed.destroy();
		await nextTurn();
		assert.ok((await service.stop()).ok);
	});

	it("that is only readable is destroyed at once; a duplex is destroyed when what was written is through", async () => {
		const { service } = await runningService();
		const source = service.use("source", Readable.from(["a", "b"]));
		const file = service.use("file", createReadStream(process.execPath));
		const written: string[] = [];
		const both = new Duplex({
			read() {},
			write(chunk, _encoding, done) {
				written.push(String(chunk));
				setImmediate(done);
			},
		});
		service.use("both", both).write("last");
		assert.ok((await service.stop()).ok);
		assert.deepEqual([source.destroyed, file.closed, both.closed, written], [true, true, true, ["last"]]);
	});
});

describe("a timer", () => {
	it("is cleared by its own Symbol.dispose", async () => {
		const { service } = await runningService();
		let ticks = 0;
		service.use(
			"heartbeat",
			setInterval(() => ticks++, 1),
		);
		while (ticks === 0) await nextTurn();
		assert.ok((await service.stop()).ok);
		const before = ticks;
		await new Promise((resolve) => setTimeout(resolve, 20));
		assert.equal(ticks, before);
	});
});
