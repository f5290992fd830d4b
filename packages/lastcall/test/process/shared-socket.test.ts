import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { type TestContext, test } from "node:test";
import { Child } from "../support/child.ts";
import { fixture } from "./fixture.ts";

const CLIENTS = 50;

/** A program that listens on this file descriptor, its third, as systemd and pre-fork parents pass it. */
function listeningOn(t: TestContext, fd: number): Child {
	const args = [fixture("listens-at-a-place"), "{}", JSON.stringify({ fd: 3 })];
	return new Child(t, process.execPath, args, { stdio: ["ignore", "pipe", "pipe", fd] });
}

test("a listening socket that is shared with another process stays open there", {
	skip: process.platform === "win32",
	timeout: 40_000,
}, async (t) => {
	const owner = createServer();
	await once(owner.listen(0, "127.0.0.1"), "listening");
	const { fd } = (owner as unknown as { _handle: { fd: number } })._handle;
	const [old, survivor] = [listeningOn(t, fd), listeningOn(t, fd)];
	const port = await old.port();
	await survivor.running();
	owner.close();
	old.kill("SIGTERM");
	assert.equal((await old.ended).exit, 0);
	// Frozen: all connections must fit into its accept queue.
	survivor.kill("SIGSTOP");
	const clients = Array.from({ length: CLIENTS }, () => connect(port, "127.0.0.1"));
	await Promise.all(clients.map((client) => once(client, "connect")));
	survivor.kill("SIGCONT");
	for (const client of clients) client.end("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").destroy();
	survivor.kill("SIGTERM");
	assert.equal((await survivor.ended).exit, 0);
});
