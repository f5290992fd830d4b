import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { EndedEarly } from "#src/core/drainable.js";
import { Spread } from "#src/core/spread.js";
import type { ConnectionActivity } from "#src/servers/listening/connection-activity.js";
import { beginUnit, Peer, registerPeer } from "#src/servers/peers/peer.js";
import { Peers } from "#src/servers/peers/peers.js";
import { limit } from "../support/time-limit.ts";
import { until } from "../support/until.ts";

class FakePeer extends Peer {
	messages = 0;
	cuts = 0;
	/** The signs of life of its connection. Without any it is never cut for its silence. */
	shows: ConnectionActivity | undefined;
	readonly #send: () => unknown;
	readonly #peers: Peers;

	constructor(peers: Peers, name: string, send: () => unknown = () => {}) {
		super(name, "a connection");
		this.#send = send;
		this.#peers = peers;
		registerPeer(this, this);
		peers.add(this);
	}

	override get activity(): ConnectionActivity | undefined {
		return this.shows;
	}

	override sendClosingMessage(): unknown {
		this.messages++;
		return this.#send();
	}

	override cut(): void {
		this.cuts++;
		this.#peers.remove(this);
	}
}

/** Closing messages whose delays the test sets. */
function spreadAt(...delays: number[]): Spread {
	const spread = new Spread(0, () => 0);
	spread.delays = () => delays;
	return spread;
}

/** Peers that are cut after the test: otherwise the drain of a failing test would never end. */
function peersOf(t: TestContext): Peers {
	const peers = new Peers();
	t.after(() => peers.cut(({ error }) => assert.fail(String(error))));
	return peers;
}

test("each peer gets its closing message when its share of the spread has passed, and only once", limit, async (t) => {
	const peers = peersOf(t);
	const [first, second] = [new FakePeer(peers, "first"), new FakePeer(peers, "second")];
	const drained = peers.drain({ lingerMs: 0, leftMs: 60_000, spread: spreadAt(0, 1e9), onEndedEarly() {} });
	await until(t, () => first.messages > 0);
	for (let turns = 0; turns < 50; turns++) await nextTurn();
	assert.deepEqual([first.messages, second.messages], [1, 0]);
	peers.cut(({ error }) => assert.fail(String(error)));
	await drained;
	assert.deepEqual([first.messages, second.messages], [1, 0]);
});

test(
	"a peer gets no closing message while its work is in flight, and gets it in the turn in which that ends",
	limit,
	async (t) => {
		const peers = peersOf(t);
		const [busy, idle] = [new FakePeer(peers, "busy"), new FakePeer(peers, "idle")];
		const [one, other] = [beginUnit(busy, "one"), beginUnit(busy, "other")];
		const drained = peers.drain({ lingerMs: 0, leftMs: 60_000, spread: spreadAt(0, 0), onEndedEarly() {} });
		await until(t, () => idle.messages > 0);
		one();
		one();
		assert.equal(busy.messages, 0);
		assert.deepEqual(
			peers.inFlight().map(({ name, what }) => `${name} ${what}`),
			["busy a connection: other", "idle a connection"],
		);
		other();
		assert.equal(busy.messages, 1);
		peers.remove(busy);
		peers.remove(idle);
		await drained;
	},
);

test("work that ends before the drain sends no closing message", (t) => {
	const peers = peersOf(t);
	const peer = new FakePeer(peers, "early");
	beginUnit(peer, "work")();
	assert.equal(peer.messages, 0);
});

test("a peer that comes during or after the drain gets a closing message too", limit, async (t) => {
	const peers = peersOf(t);
	const first = new FakePeer(peers, "first");
	const drained = peers.drain({ lingerMs: 0, leftMs: 60_000, spread: spreadAt(0), onEndedEarly() {} });
	await until(t, () => first.messages > 0);
	const second = new FakePeer(peers, "second");
	await until(t, () => second.messages > 0);
	peers.remove(first);
	peers.remove(second);
	await drained;
	const third = new FakePeer(peers, "third");
	await until(t, () => third.messages > 0);
	peers.cut(({ error }) => assert.fail(String(error)));
	assert.equal(peers.size, 0);
	new FakePeer(peers, "fourth");
	assert.equal(peers.size, 0, "a peer that comes after a hard stop is cut");
});

test(
	"a closing message that fails does not hold up other peers, and rejects the drain at its end",
	limit,
	async (t) => {
		const peers = peersOf(t);
		const error = new Error("no word for it");
		const failing = new FakePeer(peers, "failing", () => Promise.reject(error));
		const other = new FakePeer(peers, "other");
		const drained = peers.drain({ lingerMs: 0, leftMs: 60_000, spread: spreadAt(0, 0), onEndedEarly() {} });
		await until(t, () => other.messages > 0);
		assert.equal(peers.size, 2, "it may still end by itself");
		peers.remove(failing);
		peers.remove(other);
		await assert.rejects(drained, error);
	},
);

test("enter() on a value that is not a connection of the service throws", () => {
	for (const [stranger, quoted] of [
		[{}, "Object"],
		[undefined, "undefined"],
		["socket", '"socket"'],
		[{ conn: {} }, "Object"],
	] as const) {
		assert.throws(() => beginUnit(stranger, "order"), {
			name: "TypeError",
			message: `enter: "order": wanted a connection of a server that is served, or an upgraded one, got ${quoted}`,
		});
	}
	assert.throws(() => beginUnit({}, ""), {
		name: "TypeError",
		message: 'enter: wanted a non-empty string that says with what, got ""',
	});
});

test("closing messages to many peers keep no turn of the event loop busy for long", limit, async (t) => {
	const peers = peersOf(t);
	let turn = 0;
	const perTurn = new Map<number, number>();
	const all = Array.from(
		{ length: 200 },
		() =>
			new FakePeer(peers, "one of many", () => {
				perTurn.set(turn, (perTurn.get(turn) ?? 0) + 1);
				for (const end = performance.now() + 1; performance.now() < end; );
			}),
	);
	const count = (): void => {
		turn++;
		counting = setImmediate(count);
	};
	let counting = setImmediate(count);
	const drained = peers.drain({
		lingerMs: 0,
		leftMs: 60_000,
		spread: spreadAt(...all.map(() => 0)),
		onEndedEarly() {},
	});
	while (all.some((peer) => peer.messages === 0)) await nextTurn();
	clearImmediate(counting);
	peers.cut(({ error }) => assert.fail(String(error)));
	await drained;
	// Each takes a millisecond, and a turn is over after 10.
	assert.ok(Math.max(...perTurn.values()) <= 11, `${[...perTurn.values()]}`);
});

const SILENT: ConnectionActivity = { received: 0, unsent: 0, hasUnread: false, isOursToEnd: false };

/** The drain of silent peers. They have the shortest possible time: a tenth of the time left. */
function drainOf(peers: Peers): { drained: Promise<void>; named: EndedEarly[] } {
	const named: EndedEarly[] = [];
	const how = {
		lingerMs: 0,
		leftMs: 400,
		spread: spreadAt(),
		onEndedEarly: (one: EndedEarly) => void named.push(one),
	};
	return { drained: peers.drain(how), named };
}

test("a peer that is silent after its closing message is cut, and reported once", limit, async (t) => {
	const peers = peersOf(t);
	const [silent, other] = [new FakePeer(peers, "silent"), new FakePeer(peers, "other")];
	silent.shows = SILENT;
	// Its end comes later than the cut, as a socket's does.
	silent.cut = () => void silent.cuts++;
	const { drained, named } = drainOf(peers);
	await until(t, () => silent.cuts > 0);
	assert.equal(other.messages, 1);
	assert.deepEqual(
		peers.inFlight().map(({ name }) => name),
		["silent", "other"],
	);
	const look = new FakePeer(peers, "looked at later");
	look.shows = SILENT;
	await until(t, () => look.cuts > 0);
	assert.equal(silent.cuts, 1);
	for (const peer of [silent, other]) peers.remove(peer);
	await drained;
	assert.deepEqual(
		named.map(({ name, what, why, ageMs }) => [name, what, why, ageMs > 0]),
		[
			["silent", "a connection", "peer-silent", true],
			["looked at later", "a connection", "peer-silent", true],
		],
	);
});

test(
	"a silent peer is not cut while its closing message is being sent, nor after that has failed",
	limit,
	async (t) => {
		const peers = peersOf(t);
		let sent = (): void => {};
		const slow = new FakePeer(peers, "slow", () => new Promise<void>((resolve) => (sent = resolve)));
		const failing = new FakePeer(peers, "failing", () => Promise.reject(new Error("no word for it")));
		const silent = new FakePeer(peers, "silent");
		for (const peer of [slow, failing, silent]) peer.shows = SILENT;
		const { drained, named } = drainOf(peers);
		await until(t, () => silent.cuts > 0);
		assert.deepEqual([slow.messages, slow.cuts, failing.messages, failing.cuts], [1, 0, 1, 0]);
		sent();
		await until(t, () => slow.cuts > 0);
		assert.equal(failing.cuts, 0);
		peers.remove(failing);
		await assert.rejects(drained, { message: "no word for it" });
		assert.deepEqual(
			named.map(({ name }) => name),
			["silent", "slow"],
		);
	},
);

test(
	"a silent peer is not cut while work is in flight that a message that crossed its closing message has begun",
	limit,
	async (t) => {
		const peers = peersOf(t);
		const [busy, silent] = [new FakePeer(peers, "busy"), new FakePeer(peers, "silent")];
		for (const peer of [busy, silent]) peer.shows = SILENT;
		const { drained, named } = drainOf(peers);
		await until(t, () => busy.messages > 0);
		const done = beginUnit(busy, "crossing");
		await until(t, () => silent.cuts > 0);
		assert.equal(busy.cuts, 0);
		done();
		await until(t, () => busy.cuts > 0);
		await drained;
		assert.deepEqual(
			named.map(({ name }) => name),
			["silent", "busy"],
		);
	},
);

test("a peer that closes in the turn in which its time is over is not reported", limit, async (t) => {
	const peers = peersOf(t);
	const [closing, silent] = [new FakePeer(peers, "closing"), new FakePeer(peers, "silent")];
	for (const peer of [closing, silent]) peer.shows = SILENT;
	const { drained, named } = drainOf(peers);
	await until(t, () => closing.messages > 0);
	// Its socket is destroyed in the poll before, and `close` comes after the look.
	closing.shows = { ...SILENT, isOursToEnd: true };
	await until(t, () => silent.cuts > 0);
	peers.remove(closing);
	await drained;
	assert.equal(closing.cuts, 0);
	assert.deepEqual(
		named.map(({ name }) => name),
		["silent"],
	);
});

test("work on a connection whose client has gone is waited for until it is done, and its name says so", async (t) => {
	const peers = peersOf(t);
	const peer = new FakePeer(peers, "chat");
	const done = beginUnit(peer, "order");
	const how = { lingerMs: 0, leftMs: 60_000, spread: spreadAt(0), onEndedEarly() {} };
	let isDrained = false;
	const drained = peers.drain(how).then(() => {
		isDrained = true;
	});
	peers.remove(peer);
	for (let turns = 0; turns < 10; turns++) await nextTurn();
	assert.deepEqual(
		peers.inFlight().map(({ name, what }) => `${name} ${what}`),
		["chat a connection: order (its client has gone)"],
	);
	assert.deepEqual([isDrained, peer.messages], [false, 0]);
	done();
	await drained;
	assert.deepEqual(peers.inFlight(), []);
});

test("work that begins on a connection after its client has gone is in flight too", async (t) => {
	const peers = peersOf(t);
	const peer = new FakePeer(peers, "chat");
	peers.remove(peer);
	assert.equal(peers.size, 0);
	const done = beginUnit(peer, "late");
	assert.equal(peers.inFlight().length, 1);
	const drained = peers.drain({ lingerMs: 0, leftMs: 60_000, spread: spreadAt(0), onEndedEarly() {} });
	done();
	await drained;
	assert.equal(peers.size, 0);
});
