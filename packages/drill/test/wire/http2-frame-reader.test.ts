import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Http2Frame, Http2FrameReader } from "#src/wire/http2-frame-reader.js";
import { frames } from "../support/raw-http2-server.ts";

/** What a test compares of a frame. Its `start` is only valid during the call. */
interface Seen {
	readonly type: number;
	readonly flags: number;
	readonly stream: number;
	readonly start: string;
}

/** Returns the frames in `pieces`. */
function read(pieces: readonly Buffer[], skip?: number): Seen[] {
	const seen: Seen[] = [];
	const take = ({ start, ...frame }: Http2Frame) => void seen.push({ ...frame, start: start.toString("hex") });
	const reader = new Http2FrameReader(take, skip);
	for (const piece of pieces) reader.read(piece);
	return seen;
}

/** Splits bytes into pieces of `size`. */
function split(bytes: Buffer, size: number): Buffer[] {
	return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
}

const ALL = Buffer.concat([
	frames.settings(),
	frames.data(3, "a body that is longer than what is kept of it", true),
	frames.reset(3, 8),
	frames.data(0x7fffffff, ""),
	frames.goaway(5, 2),
]);

describe("the HTTP/2 frame reader", () => {
	it("reads type, flags, stream and the first 8 bytes of each frame", () => {
		assert.deepEqual(read([ALL]), [
			{ type: 4, flags: 0, stream: 0, start: "" },
			{ type: 0, flags: 1, stream: 3, start: Buffer.from("a body t").toString("hex") },
			{ type: 3, flags: 0, stream: 3, start: "00000008" },
			{ type: 0, flags: 0, stream: 0x7fffffff, start: "" },
			{ type: 7, flags: 0, stream: 0, start: "0000000500000002" },
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

	it("skips the connection preface, however it is split", () => {
		const bytes = Buffer.concat([Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), ALL]);
		for (const size of [1, 7, 24, 25, bytes.length]) assert.deepEqual(read(split(bytes, size), 24), read([ALL]));
	});

	it("leaves out the reserved bit of a stream", () => {
		const bytes = frames.reset(9, 0);
		bytes.writeUInt8(bytes.readUInt8(5) | 0x80, 5);
		assert.equal(read([bytes])[0]?.stream, 9);
	});
});
