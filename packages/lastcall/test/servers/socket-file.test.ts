// A successor on the path of the same Unix socket. On Windows a pipe has no file.
import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, linkSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { createServer, type IncomingMessage, request } from "node:http";
import { createServer as createNetServer, type Server } from "node:net";
import { dirname } from "node:path";
import { type TestContext, test } from "node:test";
import { createServer as createTlsServer } from "node:tls";
import { Server as GrpcServer, ServerCredentials } from "@grpc/grpc-js";
import { certificate } from "../support/certificate.ts";
import { freePath } from "../support/place.ts";
import { running } from "../support/running-service.ts";

const options = { timeout: 10_000, skip: process.platform === "win32" && "a pipe has no file" };

/** Replaces the file at `path` with that of a server that responds `successor`. Returns the inode of the file. */
async function succeed(t: TestContext, path: string): Promise<bigint> {
	const successor = createServer((_request, response) => response.end("successor"));
	t.after(() => successor.close());
	await once(successor.listen(`${path}.new`), "listening");
	renameSync(`${path}.new`, path);
	return inodeOf(path);
}

function inodeOf(path: string): bigint {
	return statSync(path, { bigint: true }).ino;
}

test("a successor on the same socket file loses and refuses no request under load", options, async (t) => {
	const { service } = await running(t);
	const path = freePath(t);
	const server = createServer((_request, response) => setImmediate(() => response.end("first")));
	await service.listen("web", server, { path });
	const responses = new Map<string, number>();
	let isOver = false;
	const clients = Array.from({ length: 8 }, async () => {
		while (!isOver) {
			const response = await ask(path);
			responses.set(response, (responses.get(response) ?? 0) + 1);
		}
	});
	const answered = async (by: string, count: number): Promise<void> => {
		while ((responses.get(by) ?? 0) < count) await new Promise(setImmediate);
	};
	await answered("first", 100);
	const inode = await succeed(t, path);
	const { ok } = await service.stop();
	await answered("successor", (responses.get("successor") ?? 0) + 100);
	isOver = true;
	await Promise.all(clients);
	assert.deepEqual([...responses.keys()].sort(), ["first", "successor"]);
	assert.deepEqual([ok, inodeOf(path)], [true, inode]);
	assert.deepEqual(readdirSync(dirname(path)), ["server.sock"], "nothing of ours is left");
});

const kinds: Readonly<Record<string, (path: string) => Promise<Server | GrpcServer>>> = {
	"node:net": (path) => listening(createNetServer(), path),
	"node:tls": (path) => listening(createTlsServer(certificate), path),
	"node:http": (path) => listening(createServer(), path),
	"@grpc/grpc-js": async (path) => {
		const server = new GrpcServer();
		await new Promise<void>((resolve, reject) => {
			server.bindAsync(`unix:${path}`, ServerCredentials.createInsecure(), (error) =>
				error === null ? resolve() : reject(error),
			);
		});
		return server;
	},
};

async function listening<S extends Server>(server: S, path: string): Promise<S> {
	await once(server.listen(path), "listening");
	return server;
}

for (const [kind, open] of Object.entries(kinds)) {
	for (const how of ["stop", "stopNow"] as const) {
		test(`${kind}: ${how}() leaves the socket file of a successor`, options, async (t) => {
			const { service } = await running(t);
			const path = freePath(t);
			service.serve("first", (await open(path)) as Server);
			const inode = await succeed(t, path);
			await service[how]();
			assert.equal(inodeOf(path), inode);
			assert.equal(await ask(path), "successor");
		});

		test(`${kind}: ${how}() removes the server's own socket file`, options, async (t) => {
			const { service } = await running(t);
			const path = freePath(t);
			service.serve("first", (await open(path)) as Server);
			await service[how]();
			assert.deepEqual(readdirSync(dirname(path)), []);
		});
	}
}

test("a server that listens after it was served has its socket file kept for a successor too", options, async (t) => {
	const { service } = await running(t);
	const path = freePath(t);
	const server = service.serve("web", createServer());
	await once(server.listen(path), "listening");
	const inode = await succeed(t, path);
	await service.stop();
	assert.equal(inodeOf(path), inode);
});

test("a socket file that can't be hard-linked is kept all the same", options, async (t) => {
	const { service } = await running(t);
	const path = freePath(t);
	await service.listen("web", createServer(), { path });
	const inode = await succeed(t, path);
	// Makes the hard link fail: something is at its path.
	linkSync(path, `${path}.${process.pid}`);
	await service.stop();
	assert.equal(inodeOf(path), inode);
});

test("a socket file that was removed meanwhile stays removed", options, async (t) => {
	const { service } = await running(t);
	const path = freePath(t);
	await service.listen("web", createServer(), { path });
	rmSync(path);
	assert.equal((await service.stop()).ok, true);
	assert.equal(existsSync(path), false);
});

test("a server on an abstract socket is drained without a socket file", {
	...options,
	skip: process.platform !== "linux",
}, async (t) => {
	const { service } = await running(t);
	await service.listen("web", createServer(), { path: `\0lastcall-test-${process.pid}` });
	const { ok, errors } = await service.stop();
	assert.deepEqual({ ok, errors }, { ok: true, errors: [] });
});

/** Sends a request on a new connection. Resolves to the response, or the code of the error. */
function ask(path: string): Promise<string> {
	return new Promise((resolve) => {
		const outgoing = request({ socketPath: path, agent: false }, (response: IncomingMessage) => {
			let text = "";
			response.setEncoding("utf8").on("data", (part: string) => {
				text += part;
			});
			response.on("error", ({ code }: NodeJS.ErrnoException) => resolve(String(code)));
			response.on("end", () => resolve(text));
		});
		outgoing.on("error", ({ code }: NodeJS.ErrnoException) => resolve(String(code)));
		outgoing.end();
	});
}
