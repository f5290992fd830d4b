import assert from "node:assert/strict";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connect, createServer, type Server, type Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { StoppedError } from "lastcall";
import { running } from "./running.ts";

const limit = { timeout: 10_000 };

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

test("without a goodbye it is half-closed behind all that was written, and waited for", limit, async (t) => {
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
});

test("with a goodbye, which may take its time, nothing else ends it", limit, async (t) => {
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

test("a goodbye that fails is in the report by the error, and its connection is waited for", limit, async (t) => {
	const { service, until } = await running(t);
	const [ours, theirs] = await pair(t);
	let said = false;
	service.upgraded("chess", ours, () => {
		said = true;
		throw new Error("no word for it");
	});
	const closed = service.stop();
	await until(() => said);
	theirs.end();
	ours.resume().end();
	const { errors, exitCode } = await closed;
	assert.deepEqual(
		errors.map(({ error }) => (error as Error).message),
		["no word for it"],
	);
	assert.equal(exitCode, 1);
});

test("one that comes while draining is told; one that comes from closing on is ended", limit, async (t) => {
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
});

test("one that has ended already is not in flight", limit, async (t) => {
	const { service, names } = await running(t);
	const [ours] = await pair(t);
	ours.destroy();
	service.upgraded("gone", ours);
	assert.deepEqual(names(), []);
});

test("what isn't a socket or a goodbye is refused", limit, async (t) => {
	const { service } = await running(t);
	const [ours] = await pair(t);
	assert.throws(() => service.upgraded("x", undefined as never), {
		name: "TypeError",
		message: '"x": wanted a socket, got undefined',
	});
	assert.throws(() => service.upgraded("x", ours, "bye" as never), {
		name: "TypeError",
		message: '"x": wanted a function for goodbye, got "bye"',
	});
});
