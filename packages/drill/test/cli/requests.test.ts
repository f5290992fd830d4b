import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { describe, it, type TestContext } from "node:test";
import { certificate } from "../support/certificate.ts";
import { drilled, folder, reported } from "../support/drill-process.ts";

interface Arrived {
	readonly request: IncomingMessage;
	readonly body: Buffer;
}

/** A server that notes what arrives, and how it is drilled. */
async function noting(t: TestContext, create: (listener: RequestListener) => Server) {
	const arrived: Arrived[] = [];
	const server = create(async (request, response) => {
		arrived.push({ request, body: await buffer(request) });
		response.end("whole\n");
	}).listen(0, "127.0.0.1");
	t.after(() => server.close());
	await once(server, "listening");
	const { port } = server.address() as AddressInfo;
	const args = (url: string) => ["--url", `${url.replace("PORT", String(port))}`, "--stop-command", "true"];
	return { arrived, port, args };
}

function bodyFile(t: TestContext): string {
	const file = join(folder(t), "order.bin");
	writeFileSync(file, Buffer.from([0, 255, 13, 10, 13, 10, 128, 1]));
	return file;
}

describe("requests arrive as the options say", { concurrency: 2 }, () => {
	it("path, query, method, headers and a body from a file; and nothing else", async (t) => {
		const { arrived, port, args } = await noting(t, (listener) => createServer(listener));
		const file = bodyFile(t);
		const more = ["-X", "put", "-H", "Authorization: Bearer x:y", "-H", "x-twice: 2", "-d", `@${file}`];
		const { code, stdout, report } = await reported(t, [...args("http://127.0.0.1:PORT/orders/7?a=b%20c"), ...more]);
		assert.equal(code, 0, stdout);
		assert.ok(arrived.length >= report.tally.answered);
		for (const { request, body } of arrived) {
			const { "x-request-id": id, ...headers } = request.headers;
			assert.match(String(id), /^[a-z-]+\.\d+-\d+$/);
			assert.deepEqual([request.method, request.url], ["PUT", "/orders/7?a=b%20c"]);
			assert.deepEqual(headers, {
				host: `127.0.0.1:${port}`,
				authorization: "Bearer x:y",
				"x-twice": "2",
				"content-length": "8",
			});
			assert.deepEqual(body, readFileSync(file));
		}
	});

	it("a body makes it a POST, and a load may have a path of its own", async (t) => {
		const { arrived, args } = await noting(t, (listener) => createServer(listener));
		const loads = ["-l", "back-to-back", "-l", "pausing,path=/slow?x=1", "-c", "3", "-d", "äöü"];
		const { code, stdout, report } = await reported(t, [...args("http://127.0.0.1:PORT/base"), ...loads]);
		assert.equal(code, 0, stdout);
		assert.deepEqual(
			[...new Set(arrived.map(({ request, body }) => `${request.method} ${request.url} ${body}`))].sort(),
			["POST /base äöü", "POST /slow?x=1 äöü"],
		);
		assert.deepEqual(
			report.rounds[0]?.loads.map(({ name }) => name),
			["back-to-back", "pausing /slow?x=1"],
		);
		assert.deepEqual(report.loads, ["back-to-back,connections=3", "pausing,connections=3,path=/slow?x=1"]);
	});

	for (const [what, flags] of [
		["the authority of --ca", (file: string) => ["--ca", file]],
		["any, with --insecure", () => ["--insecure"]],
	] as const) {
		it(`over TLS, trusting ${what}`, async (t) => {
			const secure = { key: certificate.private, cert: certificate.cert };
			const { arrived, args } = await noting(t, (listener) => createSecureServer(secure, listener));
			const file = join(folder(t), "ca.pem");
			writeFileSync(file, certificate.cert);
			const { code, stderr } = await drilled(t, [...args("https://127.0.0.1:PORT/x"), ...flags(file), "-c", "4"]);
			assert.equal(code, 0, stderr);
			assert.ok(arrived.length > 0);
		});
	}

	it("over TLS, trusting no other certificate", async (t) => {
		const secure = { key: certificate.private, cert: certificate.cert };
		const { arrived, args } = await noting(t, (listener) => createSecureServer(secure, listener));
		const { code, stderr } = await drilled(t, [...args("https://127.0.0.1:PORT/"), "--ready", "100ms"]);
		assert.equal(code, 3);
		assert.match(stderr, /DEPTH_ZERO_SELF_SIGNED_CERT/);
		assert.equal(arrived.length, 0);
	});
});
