import assert from "node:assert/strict";
import { test } from "node:test";
import { backToBack } from "#src/load/back-to-back.js";
import { pipelined } from "#src/load/pipelined.js";
import type { Endpoint, RunningLoad } from "#src/load/running-load.js";
import { upload } from "#src/load/upload.js";
import { tally } from "#src/record/outcome.js";
import { httpServer } from "./support/http-server.ts";
import { until } from "./support/until.ts";

const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);

/** The methods, lengths and bodies that a server sees. */
async function seen(start: (target: Endpoint) => RunningLoad, more: Partial<Endpoint>) {
	const requests: { method?: string; length?: string; body: Buffer }[] = [];
	const server = await httpServer((req, res) => {
		const pieces: Buffer[] = [];
		req.on("data", (piece) => pieces.push(piece));
		req.on("end", () => {
			const { method = "", headers } = req;
			requests.push({ method, length: headers["content-length"] ?? "none", body: Buffer.concat(pieces) });
			res.end("ok");
		});
	});
	const load = start({ ...server.target, ...more });
	await load.steady;
	await until(() => requests.length >= 50);
	const records = await load.finish();
	await server.close();
	assert.equal(tally(records).answered, requests.length);
	return requests;
}

for (const [name, start] of [
	["backToBack", (target: Endpoint) => backToBack(target, { connections: 4 })],
	["pipelined", (target: Endpoint) => pipelined(target, { connections: 4 })],
	["upload", (target: Endpoint) => upload(target, { connections: 4, bytes: 7, chunkBytes: 50, everyMs: 0 })],
] as const) {
	test(`${name}: the target's body arrives whole with every request`, async () => {
		for (const body of [bytes, "grüße, 世界"]) {
			for (const { method, length, body: arrived } of await seen(start, { body })) {
				assert.deepEqual([method, length], ["POST", String(Buffer.byteLength(body))]);
				assert.ok(arrived.equals(Buffer.from(body as string)));
			}
		}
	});
}

test("a method of its own is kept with a body, and an empty body is one", async () => {
	for (const { method, length } of await seen((target) => backToBack(target), { method: "DELETE", body: "" }))
		assert.deepEqual([method, length], ["DELETE", "0"]);
});

test("an upload of less than two bytes is refused", () => {
	assert.throws(() => upload({ host: "127.0.0.1", port: 1, body: "x" }), RangeError);
});
