import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Http2Wire } from "#src/wire/http2-wire.js";
import { frames } from "../support/raw-http2-server.ts";

const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

/** A wire over which the heads of these requests were sent. */
function wireWith(...streams: number[]): { wire: Http2Wire; goaways: () => number } {
	let goaways = 0;
	const wire = new Http2Wire(() => goaways++);
	wire.sent(Buffer.concat([PREFACE, frames.settings(), ...streams.map((stream) => frames.head(stream))]));
	return { wire, goaways: () => goaways };
}

describe("the HTTP/2 wire", () => {
	it("knows which requests were sent", () => {
		const { wire } = wireWith(1, 5);
		assert.deepEqual(
			[1, 3, 5].map((stream) => wire.isSent(stream)),
			[true, false, true],
		);
	});

	for (const [what, bytes, expected] of [
		["a body that ends the stream", [frames.head(1), frames.data(1, "hi", true)], true],
		["a head that ends the stream", [frames.head(1, 204, { ends: true })], true],
		["a head in two frames", [frames.head(1, 204, { ends: true, whole: false }), frames.restOfHead(1)], true],
		["half of such a head", [frames.head(1, 204, { ends: true, whole: false })], false],
		["trailers", [frames.head(1), frames.data(1, "hi"), frames.trailers(1)], true],
		["a body without an end", [frames.head(1), frames.data(1, "hi")], false],
		["the end of another stream", [frames.data(3, "hi", true)], false],
		["a body that RST_STREAM(NO_ERROR) ends", [frames.head(1), frames.data(1, "h"), frames.reset(1, 0)], false],
	] as const) {
		it(`takes ${what} for ${expected ? "a complete response" : "no complete response"}`, () => {
			const { wire } = wireWith(1, 3);
			wire.received(Buffer.concat([frames.settings(), ...bytes]));
			assert.equal(wire.isWhole(1), expected);
		});
	}

	it("keeps the code of a reset, and only of a request that was sent", () => {
		const { wire } = wireWith(1);
		wire.received(Buffer.concat([frames.reset(1, 7), frames.reset(3, 8)]));
		assert.equal(wire.resetCode(1), 7);
		assert.equal(wire.resetCode(3), undefined);
	});

	it("calls back for the first GOAWAY and keeps the last", () => {
		const { wire, goaways } = wireWith(1);
		assert.equal(wire.goaway, undefined);
		wire.received(Buffer.concat([frames.goaway(0x7fffffff), frames.goaway(1, 2)]));
		assert.equal(goaways(), 1);
		assert.deepEqual(wire.goaway, { lastStream: 1, code: 2 });
	});

	it("forgets a stream that has an outcome", () => {
		const { wire } = wireWith(1);
		wire.received(Buffer.concat([frames.data(1, "", true), frames.reset(1, 0)]));
		wire.forget(1);
		assert.deepEqual([wire.isSent(1), wire.isWhole(1), wire.resetCode(1)], [false, false, undefined]);
	});
});
