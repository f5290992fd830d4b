import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Http2Frame, Http2FrameReader } from "#src/wire/http2-frame-reader.js";
import { frames } from "../support/raw-http2-server.ts";

/** What a test compares of a frame, whose bytes are only valid during the call. */
interface Seen {
	readonly type: number;
	readonly flags: number;
	readonly stream: number;
	readonly payload: string;
}

/** Returns the frames in `pieces`. They come in one buffer, as from a socket. */
function read(pieces: readonly Buffer[]): Seen[] {
	const seen: Seen[] = [];
	const shared = Buffer.alloc(Math.max(...pieces.map(({ length }) => length)) + 10);
	const reader = new Http2FrameReader(({ type, flags, stream, bytes, from, to }: Http2Frame) => {
		seen.push({ type, flags, stream, payload: bytes.toString("latin1", from, to) });
		return true;
	});
	for (const piece of pieces) {
		shared.fill(0xee);
		piece.copy(shared);
		assert.ok(reader.read(shared, piece.length));
	}
	return seen;
}

/** Splits bytes into pieces of `size`. */
function split(bytes: Buffer, size: number): Buffer[] {
	return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
}

const LONG = "a body ".repeat(40);
const ALL = Buffer.concat([
	frames.settings(),
	frames.data(3, LONG, true),
	frames.reset(3, 8),
	frames.data(0x7fffffff, ""),
	frames.goaway(5, 2),
]);

describe("the HTTP/2 frame reader", () => {
	it("reads each frame", () => {
		assert.deepEqual(read([ALL]), [
			{ type: 4, flags: 0, stream: 0, payload: "" },
			{ type: 0, flags: 1, stream: 3, payload: LONG },
			{ type: 3, flags: 0, stream: 3, payload: "\0\0\0\b" },
			{ type: 0, flags: 0, stream: 0x7fffffff, payload: "" },
			{ type: 7, flags: 0, stream: 0, payload: "\0\0\0\x05\0\0\0\x02" },
		]);
	});

	it("finds the same frames in pieces of any size", () => {
		const whole = read([ALL]);
		for (let size = 1; size < ALL.length; size++) assert.deepEqual(read(split(ALL, size)), whole, `pieces of ${size}`);
	});

	it("reports a frame only once its last byte has passed", () => {
		const bytes = frames.data(1, "hi", true);
		assert.deepEqual(read([bytes.subarray(0, -1)]), []);
		assert.equal(read([bytes.subarray(0, -1), bytes.subarray(-1)]).length, 1);
	});

	it("takes the largest frame, and refuses a larger one as soon as its head is there", () => {
		const largest = frames.data(1, "x".repeat(16_384));
		for (const size of [1_000, largest.length]) assert.equal(read(split(largest, size))[0]?.payload.length, 16_384);
		for (const size of [1, 4, 9]) {
			const reader = new Http2FrameReader(() => true);
			const head = split(frames.data(1, "x".repeat(16_385)).subarray(0, 9), size);
			const results = head.map((piece) => reader.read(piece, piece.length));
			assert.deepEqual(results, [...Array.from({ length: head.length - 1 }, () => true), false], `pieces of ${size}`);
		}
	});

	it("reports nothing more once its listener wants no more", () => {
		let count = 0;
		const reader = new Http2FrameReader(() => ++count < 2);
		assert.ok(reader.read(ALL, ALL.length));
		assert.equal(count, 2);
	});

	it("leaves out the reserved bit of a stream", () => {
		const bytes = frames.reset(9, 0);
		bytes.writeUInt8(bytes.readUInt8(5) | 0x80, 5);
		assert.equal(read([bytes])[0]?.stream, 9);
	});
});
