import assert from "node:assert/strict";
import { test } from "node:test";
import type { ConnectionActivity } from "#src/servers/listening/connection-activity.js";
import { PeerCloseWait } from "#src/servers/peers/peer-close-wait.js";

const LOOK_MS = 20;
const SILENT: ConnectionActivity = { received: 0, unsent: 0, hasUnread: false, isOursToEnd: false };

interface Case {
	readonly lingerMs?: number;
	readonly leftMs?: number;
	readonly maySend?: boolean;
}

/** After how many milliseconds a peer with these signs of life is cut; `undefined` if it never is. */
function overAfter(signsAt: (ms: number) => Partial<ConnectionActivity>, options: Case = {}): number | undefined {
	const { lingerMs = 2_000, leftMs = 20_000, maySend = false } = options;
	const startedAt = 1_000;
	const closeWait = new PeerCloseWait({ ...SILENT, ...signsAt(0) }, startedAt, { lingerMs, leftMs }, maySend);
	for (let ms = LOOK_MS; ms <= 10 * leftMs; ms += LOOK_MS) {
		if (closeWait.isOver({ ...SILENT, ...signsAt(ms) }, startedAt + ms, startedAt + ms)) return ms;
	}
	return undefined;
}

test("a silent peer has the linger before it is cut", () => {
	assert.equal(
		overAfter(() => ({})),
		2_000,
	);
});

test("without a linger a silent peer has a second for a round trip, or a tenth of the time left", () => {
	assert.equal(
		overAfter(() => ({}), { lingerMs: 0 }),
		1_000,
	);
	assert.equal(
		overAfter(() => ({}), { lingerMs: 0, leftMs: 2_000 }),
		200,
	);
});

test("the time of a silent peer begins with the last byte that came", () => {
	assert.equal(
		overAfter((ms) => ({ received: Math.min(ms, 1_500) })),
		3_500,
	);
});

for (const maySend of [false, true]) {
	test(`a peer that sends a drip has twice the linger, ${maySend ? "where it may still send" : "where it may not"}`, () => {
		assert.equal(
			overAfter((ms) => ({ received: Math.floor(ms / 100) }), { maySend }),
			4_000,
		);
	});
}

test("a peer whose sending can't be seen has twice the linger", () => {
	assert.equal(
		overAfter(() => ({ received: undefined }), { maySend: true }),
		4_000,
	);
});

test("a peer that goes on sending what the program may need has half of the time left", () => {
	assert.equal(
		overAfter((ms) => ({ received: 10 * ms }), { maySend: true }),
		10_000,
	);
	assert.equal(
		overAfter((ms) => ({ received: 10 * ms }), { maySend: false }),
		4_000,
	);
});

test("a peer that sends a drip after a burst has no more time than one that only drips", () => {
	assert.equal(
		overAfter((ms) => ({ received: ms === 0 ? 0 : 1e9 + Math.floor(ms / 100) }), { maySend: true, leftMs: 60_000 }),
		8_000,
	);
});

test("a peer is not silent while bytes of it have arrived and are unread", () => {
	assert.equal(
		overAfter((ms) => ({ hasUnread: ms < 1_500 })),
		3_480,
	);
	assert.equal(
		overAfter(() => ({ hasUnread: true })),
		4_000,
	);
});

test("a peer is not cut while it takes what was written before, however slowly", () => {
	// A byte in each second, for longer than the time that is left.
	const unsent = (ms: number): number => Math.max(0, 100 - Math.floor(ms / 1_000));
	assert.equal(
		overAfter((ms) => ({ unsent: unsent(ms) })),
		101_980,
	);
});

test("a peer that takes nothing of what was written has 5 s, or half of the time left, and at least twice the linger", () => {
	const stuck = (ms: number): Partial<ConnectionActivity> => ({ unsent: ms < 1_000 ? 200 - ms / 20 : 100 });
	assert.equal(overAfter(stuck), 6_000);
	assert.equal(overAfter(stuck, { leftMs: 8_000 }), 5_000);
	assert.equal(overAfter(stuck, { lingerMs: 3_000 }), 7_000);
});

test("writing more to a peer is no sign of life of it", () => {
	assert.equal(
		overAfter((ms) => ({ unsent: 100 + ms })),
		5_000,
	);
});

test("a peer that has closed its side is not cut: the connection is this program's to end", () => {
	assert.equal(
		overAfter(() => ({ isOursToEnd: true })),
		undefined,
	);
});
