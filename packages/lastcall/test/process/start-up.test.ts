import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { describe, it } from "node:test";
import { Child } from "../support/child.ts";
import { assertInOrder, count } from "../support/text.ts";
import { fixture, start } from "./fixture.ts";

/** A user other than root, which may listen on every port. */
const NOT_ROOT = "65534";

describe("a start-up", { concurrency: 4 }, () => {
	it("that a signal interrupts is waited for, then its resources are closed in reverse", async (t) => {
		const child = start(t, "starts-until-the-signal");
		await child.printed(/half started/);
		child.kill("SIGTERM");
		const { exit, stdout, stderr } = await child.ended;
		assert.equal(exit, 0, stderr);
		assert.equal(stdout, "");
		assertInOrder(
			stderr,
			/^lastcall: draining, 1 in flight: main starting \([\d.]+ m?s\)$/m,
			/^lastcall: closing 3 resources$/m,
			/^late closed\ncache closed\ndatabase closed$/m,
			/^lastcall: closed after [\d.]+ m?s, everything finished, exit code 0$/m,
		);
		assert.doesNotMatch(stderr, /is running|listens on|^listened/m);
	});

	it("that ignores the signal is left at the deadline, by name", async (t) => {
		const child = start(t, "never-starts", { gracePeriodMs: 500 });
		await child.printed(/half started/);
		child.kill("SIGTERM");
		const { exit, stderr } = await child.ended;
		assert.equal(exit, 1, stderr);
		assertInOrder(
			stderr,
			/^lastcall: hard stop after [\d.]+ m?s \(out of time\): left main starting \([\d.]+ m?s\)$/m,
			/^database closed$/m,
			/^lastcall: closed after [\d.]+ m?s, 1 left, exit code 1$/m,
		);
	});

	it("that fails has its resources closed in reverse, and ends with 1 and the error", async (t) => {
		const { exit, stdout, stderr } = await start(t, "fails-to-start").ended;
		assert.equal(exit, 1, stderr);
		assert.equal(stdout, "");
		assertInOrder(
			stderr,
			/ is shutting down: main failed; /,
			/^lastcall: main failed: Error: no such queue\nlastcall: {5}at .*fails-to-start/m,
			/^cache closed\ndatabase closed$/m,
			/^lastcall: closed after [\d.]+ m?s, 1 failed, exit code 1$/m,
		);
		assert.equal(count(stderr, /no such queue/), 1);
	});

	it("on a port that is taken ends with 1, the server's name and the port", async (t) => {
		const taken = createServer().listen(0, "127.0.0.1");
		t.after(() => taken.close());
		await once(taken, "listening");
		const { port } = taken.address() as AddressInfo;
		const where = JSON.stringify({ port, host: "127.0.0.1" });
		const { exit, stderr } = await start(t, "listens-at-a-place", {}, where).ended;
		assert.equal(exit, 1, stderr);
		assertInOrder(
			stderr,
			new RegExp(
				`^lastcall: main failed: "api" cannot listen on 127\\.0\\.0\\.1:${port}: it is already in use \\(EADDRINUSE\\); .*$`,
				"m",
			),
			// One line, without the stack and the fields.
			/^lastcall: draining/m,
		);
		assert.equal(count(stderr, /^lastcall: {5}/), 0, stderr);
		assert.match(stderr, /^database closed$/m);
		assert.doesNotMatch(stderr, /^listened$|is running/m);
	});

	it("on a port that only root may use ends with 1 and EACCES", { skip: everyPortIsFree() }, async (t) => {
		const asUser = process.getuid?.() === 0 ? [NOT_ROOT] : [];
		const where = JSON.stringify({ port: 80, host: "127.0.0.1" });
		const { exit, stderr } = await start(t, "listens-at-a-place", {}, where, ...asUser).ended;
		assert.equal(exit, 1, stderr);
		assertInOrder(
			stderr,
			/: "api" cannot listen on 127\.0\.0\.1:80: ports below 1024 need a privilege \(EACCES\); .*$/m,
			/^database closed$/m,
		);
	});

	it("on a port that is taken shows the stack and the fields too with NODE_DEBUG=lastcall", async (t) => {
		const taken = createServer().listen(0, "127.0.0.1");
		t.after(() => taken.close());
		await once(taken, "listening");
		const { port } = taken.address() as AddressInfo;
		const args = [fixture("listens-at-a-place"), "{}", JSON.stringify({ port, host: "127.0.0.1" })];
		const env = { ...process.env, NODE_DEBUG: "lastcall" };
		const { stderr } = await new Child(t, process.execPath, args, { env }).ended;
		assert.match(stderr, /cannot listen on [\s\S]*^lastcall: {5}at [\s\S]*^lastcall: +code: 'EADDRINUSE'/m);
	});

	it("on a socket whose folder is missing ends with 1 and what to do", async (t) => {
		const where = JSON.stringify({ path: "/proc/nope/socket" });
		const { exit, stderr } = await start(t, "listens-at-a-place", {}, where).ended;
		assert.equal(exit, 1, stderr);
		assertInOrder(
			stderr,
			/: "api" cannot listen on \/proc\/nope\/socket: its folder does not exist \(EACCES\); create \/proc\/nope first$/m,
			/^database closed$/m,
		);
	});
});

/** Why the test is skipped where no port is reserved for root. */
function everyPortIsFree(): string | false {
	if (process.platform === "win32" || process.platform === "darwin") return "every port is free here";
	const path = "/proc/sys/net/ipv4/ip_unprivileged_port_start";
	const first = existsSync(path) ? Number(readFileSync(path, "utf8")) : 1_024;
	return first <= 80 && `ports from ${first} on are free here`;
}
