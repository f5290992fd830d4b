import assert from "node:assert/strict";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connect, createServer, type Server, type Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { StoppedError } from "lastcall";
import { block } from "../support/block-loop.ts";
import { running } from "../support/running-service.ts";
import { limit } from "../support/time-limit.ts";

/** A socket and its other end. */
async function pair(t: TestContext): Promise<[ours: Socket, theirs: Socket]> {
	const server: Server = createServer({ allowHalfOpen: true }).listen(0, "127.0.0.1");
	await once(server, "listening");
	const theirs = connect({ port: (server.address() as AddressInfo).port, host: "127.0.0.1", allowHalfOpen: true });
	const [ours] = (await once(server, "connection")) as [Socket];
	ours.on("error", () => {});
	t.after(() => {
		server.close();
		for (const socket of [ours, theirs]) socket.destroy();
	});
	return [ours, theirs];
}

test(
	"an upgraded socket without a closing message is half-closed after all that was written, and waited for",
	limit,
	async (t) => {
		const { service, names } = await running(t);
		const [ours, theirs] = await pair(t);
		assert.equal(service.upgraded("tunnel", ours), ours);
		ours.write(Buffer.alloc(5_000_000));
		const closed = service.stop();
		let received = 0;
		theirs.on("data", (bytes: Buffer) => {
			received += bytes.length;
		});
		await once(theirs, "end");
		assert.equal(received, 5_000_000);
		assert.deepEqual(names(), ["tunnel upgraded connection"]);
		let heard = "";
		ours.on("data", (bytes: Buffer) => {
			heard += bytes.toString();
		});
		theirs.end("the other direction still flows");
		assert.equal((await closed).ok, true);
		assert.equal(heard, "the other direction still flows");
	},
);

test("an upgraded socket with a slow closing message is ended by nothing else", limit, async (t) => {
	const { service } = await running(t);
	const [ours, theirs] = await pair(t);
	service.upgraded("chess", ours, async (socket) => {
		socket.write("resign?\n");
		await once(socket, "data");
		socket.end("bye\n");
	});
	const closed = service.stop();
	assert.equal(String((await once(theirs, "data"))[0]), "resign?\n");
	assert.equal(ours.writableEnded, false);
	theirs.write("yes\n");
	assert.equal(String((await once(theirs, "data"))[0]), "bye\n");
	theirs.end();
	assert.equal((await closed).ok, true);
});

test(
	"a closing message that fails is in the report's errors, and its upgraded socket is waited for",
	limit,
	async (t) => {
		const { service, until } = await running(t);
		const [ours, theirs] = await pair(t);
		let isSent = false;
		service.upgraded("chess", ours, () => {
			isSent = true;
			throw new Error("no word for it");
		});
		const closed = service.stop();
		await until(() => isSent);
		theirs.end();
		ours.resume().end();
		const { errors, exitCode } = await closed;
		assert.deepEqual(
			errors.map(({ error }) => (error as Error).message),
			["no word for it"],
		);
		assert.equal(exitCode, 1);
	},
);

test("an upgraded socket whose peer closes just before it would be cut is not reported", limit, async (t) => {
	const { service, until } = await running(t, { lingerMs: 0, gracePeriodMs: 5_000 });
	const [ours, theirs] = await pair(t);
	service.upgraded("tunnel", ours);
	const closed = service.stop();
	await until(() => ours.writableEnded);
	ours.resume();
	theirs.resume().end();
	// A tenth of the grace period is over before the loop turns again and reads the FIN.
	block(700);
	const { ok, endedEarly } = await closed;
	assert.deepEqual({ ok, endedEarly }, { ok: true, endedEarly: [] });
});

test(
	"an upgraded socket whose peer goes on sending after the half-close is not cut when a silent one is",
	limit,
	async (t) => {
		const { service } = await running(t, { lingerMs: 0 });
		const [[sending, theirSending], [silent, theirSilent]] = [await pair(t), await pair(t)];
		service.upgraded("sending", sending);
		service.upgraded("silent", silent);
		let sent = 0;
		let received = 0;
		sending.on("data", (bytes: Buffer) => {
			received += bytes.length;
		});
		silent.resume();
		const piece = Buffer.alloc(10_000);
		const send = setInterval(() => {
			sent += piece.length;
			theirSending.write(piece);
		}, 10);
		t.after(() => clearInterval(send));
		const closed = service.stop();
		theirSilent.resume();
		await once(silent, "close");
		clearInterval(send);
		theirSending.resume().end();
		const { ok, endedEarly } = await closed;
		assert.deepEqual(
			{ ok, received, named: endedEarly.map(({ name }) => name) },
			{ ok: true, received: sent, named: ["silent"] },
		);
	},
);

test("an upgraded socket that its peer has closed and the program has not is waited for", limit, async (t) => {
	const { service, until } = await running(t, { lingerMs: 0 });
	const [[ours, theirs], [silent, theirSilent]] = [await pair(t), await pair(t)];
	service.upgraded("one", ours, (socket) => socket.write("bye\n"));
	service.upgraded("silent", silent);
	for (const socket of [ours, silent]) socket.resume();
	theirs.end();
	const closed = service.stop();
	await until(() => ours.readableEnded);
	theirSilent.resume();
	await once(silent, "close");
	assert.equal(ours.destroyed, false);
	let heard = "";
	theirs.on("data", (bytes: Buffer) => {
		heard += bytes.toString();
	});
	ours.end("the last response");
	await once(theirs, "end");
	assert.equal(heard, "bye\nthe last response");
	const { ok, endedEarly } = await closed;
	assert.deepEqual({ ok, named: endedEarly.map(({ name }) => name) }, { ok: true, named: ["silent"] });
});

test(
	"an upgraded socket that comes while draining is half-closed; one that comes from closing on is destroyed",
	limit,
	async (t) => {
		const { service, until } = await running(t);
		const [[first, theirFirst], [second, theirSecond], [third]] = [await pair(t), await pair(t), await pair(t)];
		service.upgraded("first", first);
		let close = (): void => {};
		service.defer("db", () => new Promise<void>((resolve) => (close = resolve)));
		const closed = service.stop();
		await until(() => first.writableEnded);
		service.upgraded("second", second);
		await once(theirSecond.resume(), "end");
		theirFirst.resume();
		for (const socket of [first, second, theirFirst, theirSecond]) socket.resume().end();
		await until(() => service.phase === "closing");
		assert.throws(() => service.upgraded("third", third), StoppedError);
		assert.equal(third.destroyed, true);
		await until(() => close.name !== "close");
		close();
		assert.equal((await closed).ok, true);
	},
);

test("an upgraded socket that has ended already is not in flight", limit, async (t) => {
	const { service, names } = await running(t);
	const [ours] = await pair(t);
	ours.destroy();
	service.upgraded("gone", ours);
	assert.deepEqual(names(), []);
});

test("upgraded() with a wrong socket or closing message throws", limit, async (t) => {
	const { service } = await running(t);
	const [ours] = await pair(t);
	assert.throws(() => service.upgraded("x", undefined as never), {
		name: "TypeError",
		message: '"x": wanted a socket, got undefined',
	});
	assert.throws(() => service.upgraded("x", ours, "bye" as never), {
		name: "TypeError",
		message: '"x": closingMessage: wanted a function, got "bye"',
	});
});
