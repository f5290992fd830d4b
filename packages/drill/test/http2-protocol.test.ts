import assert from "node:assert/strict";
import { once } from "node:events";
import {
	constants,
	createServer,
	type IncomingHttpHeaders,
	type ServerHttp2Session,
	type ServerHttp2Stream,
	type ServerOptions,
} from "node:http2";
import type { AddressInfo } from "node:net";
import { describe, it } from "node:test";
import { type Http2Options, http2Load } from "#src/load/http2.js";
import type { Endpoint } from "#src/load/running-load.js";
import { type RequestRecord, tally } from "#src/record/outcome.js";
import { frames, type Http2Request, rawFrame, rawHttp2Server } from "./support/raw-http2-server.ts";
import { until } from "./support/until.ts";

interface Exchange {
	readonly settings?: ServerOptions;
	readonly endpoint?: Partial<Endpoint>;
	readonly options?: Http2Options;
	/** How many requests have to be answered. */
	readonly requests?: number;
	readonly onSession?: (session: ServerHttp2Session) => void;
	/** Responds to a request whose body has arrived. */
	readonly respond: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, body: Buffer) => void;
}

/** Loads a server of Node.js with all of it, and returns what became of the requests. */
async function exchange({ settings = {}, endpoint, options, requests = 20, respond, ...more }: Exchange) {
	const server = createServer(settings);
	const sessions: ServerHttp2Session[] = [];
	server.on("session", (session) => {
		sessions.push(session);
		more.onSession?.(session);
	});
	server.on("stream", (stream, headers) => {
		const pieces: Buffer[] = [];
		stream.on("error", () => {});
		stream.on("data", (piece: Buffer) => pieces.push(piece));
		stream.on("end", () => respond(stream, headers, Buffer.concat(pieces)));
	});
	await once(server.listen(0, "127.0.0.1"), "listening");
	const target = { host: "127.0.0.1", port: (server.address() as AddressInfo).port, ...endpoint };
	const load = http2Load(target, { connections: 2, streams: 4, ...options });
	await load.steady;
	await until(() => load.tally.total >= requests);
	const records = await load.finish();
	for (const session of sessions) session.destroy();
	server.close();
	await once(server, "close");
	return { records, sessions };
}

function assertAllAnswered(records: readonly RequestRecord[]): void {
	assert.deepEqual(
		records.filter(({ outcome }) => outcome !== "answered"),
		[],
	);
}

describe("HTTP/2 with Node.js", () => {
	it("takes responses that are larger than all windows", async () => {
		const body = Buffer.alloc(300_000, "x");
		const { records, sessions } = await exchange({
			respond: (stream) => {
				stream.respond({ ":status": 200, "content-length": body.length });
				stream.end(body);
			},
		});
		assertAllAnswered(records);
		assert.equal(sessions.length, 2);
	});

	for (const [what, settings] of [
		["all windows", {}],
		["a window of 1,000 bytes", { settings: { initialWindowSize: 1_000 } }],
		["a window that is closed at first", { settings: { initialWindowSize: 0 } }],
	] as const) {
		it(`sends bodies that are larger than ${what}`, async () => {
			const body = Buffer.from(Array.from({ length: 200_000 }, (_, i) => i % 251));
			const wrong: number[] = [];
			const { records } = await exchange({
				settings,
				endpoint: { body },
				options: { connections: 1, streams: 2 },
				requests: 6,
				onSession: (session) => session.once("stream", () => session.settings({ initialWindowSize: 30_000 })),
				respond: (stream, _headers, got) => {
					if (!got.equals(body)) wrong.push(got.length);
					stream.respond({ ":status": 200 }, { endStream: true });
				},
			});
			assertAllAnswered(records);
			assert.deepEqual(wrong, []);
		});
	}

	it("sends and takes heads of several frames", async () => {
		const long = "y".repeat(30_000);
		const { records } = await exchange({
			settings: {
				maxHeaderListPairs: 1_000,
				settings: { maxHeaderListSize: 200_000 },
				maxSendHeaderBlockLength: 200_000,
			},
			endpoint: { headers: { "x-long": long } },
			respond: (stream, headers) => {
				stream.respond({ ":status": headers["x-long"] === long ? 200 : 500, "x-long": long }, { endStream: true });
			},
		});
		assertAllAnswered(records);
		assert.ok(records.every(({ status }) => status === 200));
	});

	it("takes frames with padding, and trailers", async () => {
		const { records } = await exchange({
			settings: { paddingStrategy: constants.PADDING_STRATEGY_MAX },
			respond: (stream) => {
				stream.respond({ ":status": 200, "content-length": 30_000 }, { waitForTrailers: true });
				stream.on("wantTrailers", () => stream.sendTrailers({ "x-sum": "1" }));
				stream.end("z".repeat(30_000));
			},
		});
		assertAllAnswered(records);
	});

	it("takes the response to HEAD, which says a length that does not come", async () => {
		const { records } = await exchange({
			endpoint: { method: "HEAD" },
			respond: (stream) => stream.respond({ ":status": 200, "content-length": 5 }, { endStream: true }),
		});
		assertAllAnswered(records);
	});

	it("sends pings back", async () => {
		const seen: string[] = [];
		await exchange({
			onSession: (session) => session.ping(Buffer.from("12345678"), (_error, _ms, payload) => seen.push(`${payload}`)),
			requests: 200,
			respond: (stream) => stream.respond({ ":status": 200 }, { endStream: true }),
		});
		assert.deepEqual(seen, ["12345678", "12345678"]);
	});
});

/** What a server sends that is no HTTP/2, and the code with which the client ends the connection. */
const faults: [what: string, send: (stream: number) => Buffer, code: number, name: string][] = [
	["a pushed response", (id) => rawFrame(5, 4, id, Buffer.from([0, 0, 0, 2])), 1, "PROTOCOL_ERROR"],
	["a head on a stream of its own", () => frames.head(2), 1, "PROTOCOL_ERROR"],
	["a body on a stream that does not exist", () => frames.data(99, "x"), 1, "PROTOCOL_ERROR"],
	["a head without a stream", () => frames.head(0), 1, "PROTOCOL_ERROR"],
	["settings on a stream", (id) => rawFrame(4, 0, id), 1, "PROTOCOL_ERROR"],
	[
		"another frame within a head",
		(id) => Buffer.concat([frames.head(id, 200, { whole: false }), frames.data(id, "x")]),
		1,
		"PROTOCOL_ERROR",
	],
	["the rest of a head alone", (id) => frames.restOfHead(id), 1, "PROTOCOL_ERROR"],
	["more padding than frame", (id) => rawFrame(0, 8, id, Buffer.from([5, 1])), 1, "PROTOCOL_ERROR"],
	["a window that grows by 0", () => rawFrame(8, 0, 0, Buffer.alloc(4)), 1, "PROTOCOL_ERROR"],
	["a window beyond all limits", () => rawFrame(8, 0, 0, Buffer.from([0x7f, 255, 255, 255])), 3, "FLOW_CONTROL_ERROR"],
	["a reset of 3 bytes", (id) => rawFrame(3, 0, id, Buffer.alloc(3)), 6, "FRAME_SIZE_ERROR"],
	["a ping of 7 bytes", () => rawFrame(6, 0, 0, Buffer.alloc(7)), 6, "FRAME_SIZE_ERROR"],
	["a frame that is too large", (id) => frames.data(id, "x".repeat(16_385)), 6, "FRAME_SIZE_ERROR"],
	["a head that can't be decoded", (id) => rawFrame(1, 4, id, Buffer.from([0x80])), 9, "COMPRESSION_ERROR"],
];

for (const [what, send, code, name] of faults) {
	it(`ends the connection for ${what}: ${name}`, async () => {
		const goaways: number[] = [];
		let acted = 0;
		const server = await rawHttp2Server(
			({ socket, stream }: Http2Request) => {
				if (acted++ === 0) socket.write(send(stream));
			},
			frames.settings(),
			(type, payload) => {
				if (type === 7) goaways.push(payload.readUInt32BE(4));
			},
		);
		const load = http2Load(server.target, { connections: 1, streams: 1 });
		await until(() => acted > 1 && goaways.length > 0);
		const records = await load.finish({ timeoutMs: 20 });
		await server.close();
		const { outcome, detail, error } = records.find(({ connection }) => connection === 0) as RequestRecord;
		assert.ok(outcome === "unanswered" || outcome === "cut");
		assert.deepEqual([detail, error, goaways[0]], ["unparsable", name, code]);
	});
}

it("tells the server that there is room again, so that it may send more than one window", async () => {
	let acted = 0;
	const told = new Map<number, number>();
	const server = await rawHttp2Server(
		({ socket, stream }) => {
			if (acted++ > 0) return;
			const pieces = Array.from({ length: 5 }, () => frames.data(stream, "x".repeat(16_000)));
			socket.write(Buffer.concat([frames.head(stream), ...pieces, frames.data(stream, "", true)]));
		},
		frames.settings(),
		(type, payload) => {
			if (type === 8) told.set(told.size, payload.readUInt32BE(0));
		},
	);
	const load = http2Load(server.target, { connections: 1, streams: 1 });
	await load.steady;
	await until(() => told.size >= 2);
	const records = await load.finish({ timeoutMs: 20 });
	await server.close();
	assert.equal(tally(records).answered, 1);
	assert.ok([...told.values()].every((bytes) => bytes === 48_000));
});

it("a response that is whole before its request is sent counts once the server resets the stream", async () => {
	let acted = 0;
	const server = await rawHttp2Server(({ socket, stream }) => {
		if (acted++ > 0) return;
		socket.write(Buffer.concat([frames.head(stream, 200, { ends: true }), frames.reset(stream, 0)]));
	});
	const endpoint = { ...server.target, body: Buffer.alloc(200_000) };
	const load = http2Load(endpoint, { connections: 1, streams: 1 });
	await load.steady;
	const [record] = await load.finish({ timeoutMs: 20 });
	await server.close();
	assert.deepEqual([record?.outcome, record?.status], ["answered", 200]);
});
