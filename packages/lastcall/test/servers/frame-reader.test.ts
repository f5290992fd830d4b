import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { FrameReader } from "#src/servers/peers/frame-reader.js";
import { frame } from "../support/web-socket-frames.ts";

const payloads = fc.oneof(
	fc.uint8Array({ maxLength: 200 }),
	fc.constantFrom(125, 126, 127, 65_535, 65_536).map((length) => new Uint8Array(length)),
);
const message = fc.array(payloads, { minLength: 1, maxLength: 4 });
const control = fc.record({ opcode: fc.constantFrom(9, 10), payload: fc.uint8Array({ maxLength: 125 }) });

for (const isMasked of [true, false]) {
	const side = isMasked ? "a client" : "a server";
	test(`the messages of ${side} are counted, in whatever pieces their bytes come`, () => {
		fc.assert(
			fc.property(
				fc.array(fc.tuple(message, control)),
				fc.infiniteStream(fc.integer({ min: 1, max: 100 })),
				(all, cuts) => {
					const bytes = Buffer.concat(
						all.flatMap(([parts, { opcode, payload }]) => [
							...parts.flatMap((part, i) => [
								frame({ opcode: i === 0 ? 2 : 0, isLast: i === parts.length - 1, payload: part, isMasked }),
								frame({ opcode, payload, isMasked }),
							]),
						]),
					);
					const reader = new FrameReader(isMasked, true);
					for (let at = 0; at < bytes.length; ) {
						const length = cuts.next().value;
						reader.push(bytes.subarray(at, at + length));
						at += length;
					}
					assert.deepEqual([reader.messages, reader.isBetweenMessages, reader.hasClose], [all.length, true, false]);
				},
			),
			{ numRuns: 30 },
		);
	});
}

test("it is between two frames of a message, in the middle of a frame, and between two messages", () => {
	const reader = new FrameReader(false, true);
	const states: boolean[][] = [];
	for (const bytes of [
		frame({ opcode: 1, isLast: false, payload: Buffer.from("a") }),
		frame({ opcode: 0, payload: Buffer.from("b") }).subarray(0, 1),
		frame({ opcode: 0, payload: Buffer.from("b") }).subarray(1, 2),
		frame({ opcode: 0, payload: Buffer.from("b") }).subarray(2),
	]) {
		reader.push(bytes);
		states.push([reader.isBetweenFrames, reader.isBetweenMessages]);
	}
	assert.deepEqual(states, [
		[true, false],
		[false, false],
		[false, false],
		[true, true],
	]);
});

test("an empty frame and a compressed frame are frames", () => {
	const reader = new FrameReader(false, true);
	reader.push(frame({ opcode: 1, payload: Buffer.alloc(0) }));
	const compressed = frame({ opcode: 1, payload: Buffer.from("x") });
	compressed[0] = (compressed[0] ?? 0) | 0x40;
	reader.push(compressed);
	assert.deepEqual([reader.messages, reader.isBetweenMessages], [2, true]);
});

test("a close frame is noticed", () => {
	const reader = new FrameReader(true, true);
	reader.push(frame({ opcode: 8, payload: Buffer.from([3, 233]), isMasked: true }));
	assert.equal(reader.hasClose, true);
});

test("a reader that begins within a frame is not trusted until it has found several frames in a row", () => {
	const reader = new FrameReader(false, false);
	reader.push(Buffer.from("the rest of a text that some frame carries"));
	assert.equal(reader.isTrusted, false);
	const trusted: boolean[] = [];
	for (let i = 0; i < 4; i++) {
		reader.push(frame({ opcode: 1, payload: Buffer.from("whole") }));
		trusted.push(reader.isTrusted);
	}
	assert.equal(trusted.at(-1), true);
	assert.equal(trusted[0], false);
});

for (const [what, bytes] of [
	["a mask that should not be there", [0x81, 0x81, 0, 0, 0, 0, 0x78]],
	["an unknown opcode", [0x83, 0]],
	["reserved bits", [0xb1, 0]],
	["a control frame in parts", [0x09, 0]],
	["a long control frame", [0x89, 126, 0, 200]],
	["a length that has a shorter form", [0x82, 126, 0, 5]],
] as const) {
	test(`it is lost at ${what}`, () => {
		const reader = new FrameReader(false, true);
		reader.push(Buffer.from(bytes));
		assert.deepEqual([reader.isTrusted, reader.isBetweenFrames], [false, false]);
	});
}
