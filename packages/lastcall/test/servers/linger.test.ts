import assert from "node:assert/strict";
import { test } from "node:test";
import { Linger, type LingerLimits, type Look } from "#src/servers/listening/linger.js";

const LOOK_MS = 20;

/** After how many milliseconds a connection with these looks has lingered, counted from when it became idle. */
function overAfter(lookAt: (ms: number) => Partial<Look>, limits: LingerLimits): number {
	const startedAt = 1_000;
	const linger = new Linger();
	linger.restart(0, startedAt);
	for (let ms = 0; ms < 60_000; ms += LOOK_MS) {
		const now = startedAt + ms;
		if (linger.isOver({ polledAt: now, received: 0, now, ...lookAt(ms) }, limits)) return ms;
	}
	throw new Error("never over");
}

const limits = { silentMs: 1_000 };
const hardStopAt = 21_000;

test("a silent connection has lingered when the silence is over", () => {
	assert.equal(
		overAfter(() => ({}), limits),
		1_000,
	);
});

test("the silence of a lingering connection begins with its last byte, or its last activity", () => {
	assert.equal(
		overAfter((ms) => ({ received: Math.min(ms, 500) }), limits),
		1_500,
	);
	assert.equal(
		overAfter((ms) => ({ isActive: ms <= 500 }), limits),
		1_500,
	);
});

test("a connection that is never silent has lingered after twice the silence, or after `longestMs`", () => {
	assert.equal(
		overAfter((ms) => ({ received: ms }), limits),
		2_000,
	);
	assert.equal(
		overAfter(() => ({ received: undefined }), { ...limits, longestMs: 5_000 }),
		5_000,
	);
});

test("a connection whose input must be read lingers for half of the time until the hard stop, unless it drips", () => {
	assert.equal(
		overAfter((ms) => ({ received: 10 * ms }), { ...limits, hardStopAt }),
		10_000,
	);
	assert.equal(
		overAfter((ms) => ({ received: ms / 10 }), { ...limits, hardStopAt }),
		2_000,
	);
});

test("the silence of a connection is counted up to the time before the poll, since later input is still unread", () => {
	const linger = new Linger();
	linger.restart(0, 0);
	assert.equal(linger.isOver({ polledAt: 999, received: 0, now: 30_000 }, limits), false);
	assert.equal(linger.isOver({ polledAt: 1_000, received: 0, now: 30_000 }, limits), true);
});

test("the activity of a connection counts from the look that has seen it, which may be long after the poll", () => {
	const linger = new Linger();
	linger.restart(0, 0);
	assert.equal(linger.isOver({ polledAt: 900, received: 1, now: 1_500 }, { ...limits, longestMs: 60_000 }), false);
	assert.equal(linger.isOver({ polledAt: 2_499, received: 1, now: 2_499 }, { ...limits, longestMs: 60_000 }), false);
	assert.equal(linger.isOver({ polledAt: 2_500, received: 1, now: 2_500 }, { ...limits, longestMs: 60_000 }), true);
});

test("to look only when the next look is due finds the same end, whatever comes meanwhile", () => {
	for (let seed = 1; seed <= 200; seed++) {
		const begin = 1_000;
		const earliest = begin + (seed % 3) * 400;
		/** Bytes that have come by then: in bursts, then nothing. */
		const receivedAt = (now: number): number =>
			Math.min(Math.floor((now - begin) / (50 * (1 + (seed % 7)))), seed % 13);
		const endOf = (nextLook: (linger: Linger, now: number) => number): number => {
			const linger = new Linger();
			linger.restart(0, begin, earliest);
			for (let now = begin; now < 60_000; now = nextLook(linger, now)) {
				if (linger.isOver({ polledAt: now, now, received: receivedAt(now) }, limits)) return now;
			}
			throw new Error("never over");
		};
		const end = endOf((_, now) => now + 1);
		const foundEnd = endOf((linger) => linger.nextLookAt);
		// A byte counts from the look that has seen it: a tenth of the silence later at most.
		assert.ok(foundEnd >= end && foundEnd <= end + 100, `seed ${seed}: ${end}, ${foundEnd}`);
	}
});

test("a connection without a byte is over at the very look that was asked for, and needs no further ones", () => {
	const linger = new Linger();
	linger.restart(7, 1_000, 5_000);
	let looks = 0;
	let now = 1_000;
	while (!linger.isOver({ polledAt: now, now, received: 7 }, limits)) {
		looks++;
		assert.ok(linger.nextLookAt > now);
		now = linger.nextLookAt;
	}
	assert.equal(now, 6_000);
	assert.ok(looks <= 11, `${looks} looks`);
});
