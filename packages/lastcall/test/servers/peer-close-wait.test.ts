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

/** After how many milliseconds a peer with these signs has had its time; `undefined` where it never has. */
function overAfter(signsAt: (ms: number) => Partial<ConnectionActivity>, options: Case = {}): number | undefined {
	const { lingerMs = 2_000, leftMs = 20_000, maySend = false } = options;
	const startedAt = 1_000;
	const closeWait = new PeerCloseWait({ ...SILENT, ...signsAt(0) }, startedAt, { lingerMs, leftMs }, maySend);
	for (let ms = LOOK_MS; ms <= 10 * leftMs; ms += LOOK_MS) {
		if (closeWait.isOver({ ...SILENT, ...signsAt(ms) }, startedAt + ms, startedAt + ms)) return ms;
	}
	return undefined;
}

test("a silent peer has the linger", () => {
	assert.equal(
		overAfter(() => ({})),
		2_000,
	);
});

test("without a linger it has a second for the way there and back, or a tenth of what is left", () => {
	assert.equal(
		overAfter(() => ({}), { lingerMs: 0 }),
		1_000,
	);
	assert.equal(
		overAfter(() => ({}), { lingerMs: 0, leftMs: 2_000 }),
		200,
	);
});

test("its time begins with the last byte that came", () => {
	assert.equal(
		overAfter((ms) => ({ received: Math.min(ms, 1_500) })),
		3_500,
	);
});

for (const maySend of [false, true]) {
	test(`a drip has twice the linger, ${maySend ? "where what is sent may be meant" : "where it can't be"}`, () => {
		assert.equal(
			overAfter((ms) => ({ received: Math.floor(ms / 100) }), { maySend }),
			4_000,
		);
	});
}

test("so has a peer of which can't be seen what it sends", () => {
	assert.equal(
		overAfter(() => ({ received: undefined }), { maySend: true }),
		4_000,
	);
});

test("a peer that goes on sending what may be meant has half of the time that is left", () => {
	assert.equal(
		overAfter((ms) => ({ received: 10 * ms }), { maySend: true }),
		10_000,
	);
	assert.equal(
		overAfter((ms) => ({ received: 10 * ms }), { maySend: false }),
		4_000,
	);
});

test("one that sends a drip after a burst has no more time than a drip, span by span", () => {
	assert.equal(
		overAfter((ms) => ({ received: ms === 0 ? 0 : 1e9 + Math.floor(ms / 100) }), { maySend: true, leftMs: 60_000 }),
		8_000,
	);
});

test("what has arrived and was not read is not the peer's silence", () => {
	assert.equal(
		overAfter((ms) => ({ hasUnread: ms < 1_500 })),
		3_480,
	);
	assert.equal(
		overAfter(() => ({ hasUnread: true })),
		4_000,
	);
});

test("what was written before is not cut while the peer takes it, however slowly", () => {
	// A byte in each second, for longer than there is time.
	const unsent = (ms: number): number => Math.max(0, 100 - Math.floor(ms / 1_000));
	assert.equal(
		overAfter((ms) => ({ unsent: unsent(ms) })),
		101_980,
	);
});

test("a peer that takes nothing of it has 5 s, or half of what is left, and at least twice the linger", () => {
	const stuck = (ms: number): Partial<ConnectionActivity> => ({ unsent: ms < 1_000 ? 200 - ms / 20 : 100 });
	assert.equal(overAfter(stuck), 6_000);
	assert.equal(overAfter(stuck, { leftMs: 8_000 }), 5_000);
	assert.equal(overAfter(stuck, { lingerMs: 3_000 }), 7_000);
});

test("more to write is no sign of life", () => {
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
