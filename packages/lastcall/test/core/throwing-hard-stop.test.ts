import assert from "node:assert/strict";
import { Duplex } from "node:stream";
import { test } from "node:test";
import { hang } from "../support/deferred.ts";
import { runningService } from "../support/watched-service.ts";

const BOOM = new Error("boom");
const boom = (): never => {
	throw BOOM;
};

test("a server that throws at the hard stop has failed; the others are cut, and every closer begins", async () => {
	const { service, clock, serve, emitted } = await runningService();
	const servers = [serve("first"), serve("second"), serve("third")];
	for (const server of servers) server.accept("GET /");
	const [, second] = servers;
	assert.ok(second !== undefined);
	second.cut = boom;
	let isClosed = false;
	service.defer("db", () => {
		isClosed = true;
	});
	const stopped = service.stop();
	await clock.advance(10_000);
	const { errors, exitCode, left } = await stopped;
	assert.deepEqual(errors, [{ name: "second", error: BOOM }]);
	assert.deepEqual(emitted("failed"), [{ type: "failed", failure: { name: "second", error: BOOM } }]);
	assert.equal(exitCode, 1);
	assert.equal(left.length, 3);
	assert.deepEqual([servers[0]?.hardStops, servers[2]?.hardStops], [1, 1]);
	assert.equal(isClosed, true);
});

test("a server that throws when it is released has failed, and nothing else changes", async () => {
	const { service, clock, serve } = await runningService();
	Object.assign(serve("http"), { release: boom }).finish();
	const stopped = service.stop();
	await clock.advance(0);
	const { errors, left, phases } = await stopped;
	assert.deepEqual(errors, [{ name: "http", error: BOOM }]);
	assert.deepEqual(left, []);
	assert.equal(phases.at(-1)?.phase, "closed");
});

test("resources that throw when they are cut have failed, each by name, and the others are cut", async () => {
	const { service, clock, state } = await runningService();
	const ended: string[] = [];
	for (const name of ["a", "b", "c"]) {
		const hardStop = (): void => {
			ended.push(name);
			if (name !== "b") throw BOOM;
		};
		state.closers.push(name, { close: hang, cut: hardStop });
	}
	const stopped = service.stop();
	await clock.advance(10_000);
	const { errors, left } = await stopped;
	assert.deepEqual(ended, ["c", "b", "a"]);
	assert.deepEqual(errors, [
		{ name: "c", error: BOOM },
		{ name: "a", error: BOOM },
	]);
	assert.equal(left.length, 3);
});

/** A socket whose `destroy()` throws, as an object of the program may. */
function throwingSocket(): Duplex {
	const socket = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done(), final() {} });
	return Object.assign(socket, { destroy: boom });
}

test("upgraded sockets that throw when they are cut have failed, each by name, and the others are cut", async () => {
	const { service, clock } = await runningService();
	const sockets = { first: throwingSocket(), second: new Duplex({ read() {}, final() {} }), third: throwingSocket() };
	for (const [name, socket] of Object.entries(sockets)) service.upgraded(name, socket);
	const stopped = service.stopNow();
	await clock.advance(0);
	const { errors, left, exitCode } = await stopped;
	assert.deepEqual(errors, [
		{ name: "first", error: BOOM },
		{ name: "third", error: BOOM },
	]);
	assert.equal(sockets.second.destroyed, true);
	assert.equal(left.length, 3);
	assert.equal(exitCode, 1);
});

test("a resource that is acquired after the hard stop and throws when it is cut has failed too", async () => {
	const { service, clock } = await runningService();
	service.task("stuck", hang);
	service.defer("db", hang);
	service.hardStopSignal.addEventListener("abort", () => {
		// Before the sets are hard-stopped, and again right after.
		service.upgraded("before", throwingSocket());
	});
	const stopped = service.stop();
	await clock.advance(10_000);
	assert.deepEqual((await stopped).errors, [{ name: "before", error: BOOM }]);
});
