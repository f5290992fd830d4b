import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http2";
import { type AddressInfo, connect } from "node:net";
import { describe, it } from "node:test";
import { HpackDecoder } from "#src/wire/hpack-decoder.js";
import { encodeFields } from "#src/wire/hpack-encoder.js";
import { HpackError } from "#src/wire/hpack-error.js";
import type { Field } from "#src/wire/hpack-static-table.js";
import { Http2FrameReader } from "#src/wire/http2-frame-reader.js";
import { FLAG, FRAME, headFrames, OPENING } from "#src/wire/http2-frames.js";

/** Decodes blocks one after another, given in hexadecimal. */
function decode(...blocks: readonly (string | Buffer)[]): string[][] {
	const decoder = new HpackDecoder();
	return blocks.map((block) => {
		const fields: string[] = [];
		const bytes = typeof block === "string" ? Buffer.from(block.replaceAll(" ", ""), "hex") : block;
		const sink = { wants: () => true, field: (name: string, value: string) => void fields.push(`${name}: ${value}`) };
		decoder.decode(bytes, 0, bytes.length, sink);
		return fields;
	});
}

/** Sends fields to a Node.js server that sends those beginning with x- back. Returns what it got, and the block that came back. */
async function exchange(fields: readonly Field[]): Promise<{ seen: IncomingHttpHeaders; block: Buffer }> {
	let seen: IncomingHttpHeaders = {};
	const server = createServer();
	server.on("stream", (stream, headers) => {
		seen = headers;
		stream.respond(Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith("x-"))));
		stream.end();
	});
	await once(server.listen(0, "127.0.0.1"), "listening");
	const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
	const pseudo = [":method: GET", ":scheme: http", ":authority: a.test", ":path: /a?b"].map((field) => {
		const [name = "", value = ""] = field.split(": ");
		return { name, value };
	});
	const head = headFrames(1, encodeFields([...pseudo, ...fields]), FLAG.endStream, 1_000);
	socket.write(OPENING + head, "latin1");
	const block = await new Promise<Buffer>((resolve) => {
		const reader = new Http2FrameReader(({ type, bytes, from, to }) => {
			if (type === FRAME.headers) resolve(Buffer.from(bytes.subarray(from, to)));
			return true;
		});
		socket.on("data", (bytes) => reader.read(bytes, bytes.length));
	});
	socket.destroy();
	server.close();
	await once(server, "close");
	return { seen, block };
}

const DATE = (second: number): string => `date: Mon, 21 Oct 2013 20:13:${second} GMT`;
const LOCATION = "location: https://www.example.com";
const COOKIE = "set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1";

describe("HPACK", () => {
	it("decodes the requests of RFC 7541, C.4, whose texts are Huffman codes", () => {
		const first = [":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com"];
		const blocks = [
			"828684418cf1e3c2e5f23a6ba0ab90f4ff",
			"828684be5886a8eb10649cbf",
			"828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf",
		];
		assert.deepEqual(decode(...blocks), [
			first,
			[...first, "cache-control: no-cache"],
			[
				":method: GET",
				":scheme: https",
				":path: /index.html",
				":authority: www.example.com",
				"custom-key: custom-value",
			],
		]);
	});

	it("decodes the responses of RFC 7541, C.6, from a table of 256 bytes that drops its oldest entries", () => {
		// That example's table is smaller from the start: here its size is changed by a field.
		const blocks = [
			"3fe101 488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3",
			"4883640effc1c0bf",
			"88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007",
		];
		assert.deepEqual(decode(...blocks), [
			[":status: 302", "cache-control: private", DATE(21), LOCATION],
			[":status: 307", "cache-control: private", DATE(21), LOCATION],
			[":status: 200", "cache-control: private", DATE(22), LOCATION, "content-encoding: gzip", COOKIE],
		]);
	});

	it("does not decode a value that is not wanted, and goes on after it", () => {
		const bytes = Buffer.from("0f0d01330f0e0134", "hex");
		const values: string[] = [];
		const sink = {
			wants: (name: string) => name === "content-location",
			field: (_: string, v: string) => values.push(v),
		};
		new HpackDecoder().decode(bytes, 0, bytes.length, sink);
		assert.deepEqual(values, ["", "4"]);
	});

	for (const [what, block] of [
		["index 0", "80"],
		["an index that no field has", "be"],
		["an index far above all fields", "ffffff7f"],
		["a number without an end", "ffffffffffffff7f"],
		["a text that is longer than its block", "0003616263 05 61"],
		["a block that ends within a field", "40"],
		["a table that is larger than the client allows", "3fe21f"],
		["a Huffman text whose last bits are no ones", "0001 61 81 18"],
		["a Huffman text with a byte of ones too many", "0001 61 82 1fff"],
		["a Huffman text with the symbol for its end", "0001 61 84 ffffffff"],
	] as const) {
		it(`refuses ${what}`, () => assert.throws(() => decode(block), HpackError));
	}

	it("is understood by Node.js and understands it, for every byte that a value may have and texts of any length", async () => {
		const codes = Array.from({ length: 0x100 }, (_, code) => code).filter((code) => code >= 0x20 && code !== 0x7f);
		const every = codes.map((code) => String.fromCharCode(code));
		const values = [
			`x${every.join("")}x`,
			"",
			...[1, 126, 127, 128, 254, 255, 256, 5_000].map((length) => "y".repeat(length)),
		];
		const fields = values.map((value, i) => ({ name: `x-value-${i}`, value }));
		const { seen, block } = await exchange(fields);
		assert.deepEqual(
			fields.map(({ name }) => seen[name]),
			values,
		);
		const [decoded = []] = decode(block);
		assert.deepEqual(
			decoded.filter((field) => field.startsWith("x-")),
			fields.map(({ name, value }) => `${name}: ${value}`),
		);
	});
});
