import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import type { Ending } from "../support/child.ts";
import { assertInOrder, count } from "../support/text.ts";
import { start } from "./fixture.ts";

/** Starts a program, and stops it when all its servers have been looked at. */
async function stopped(t: TestContext, how: string, where?: object, seen: RegExp = /^looked$/m): Promise<Ending> {
	const child = start(
		t,
		"listens-itself",
		{ lingerMs: 0 },
		how,
		...(where === undefined ? [] : [JSON.stringify(where)]),
	);
	await child.printed(seen);
	child.kill("SIGTERM");
	return child.ended;
}

/** The addresses of the servers that the log warns of, and of those that are failures. A port is `_`. */
function addresses({ stderr }: Ending): { warned: string[]; failed: string[] } {
	const found = (pattern: RegExp): string[] =>
		[...stderr.matchAll(pattern)].map(([, address = ""]) => address.replace(/:\d+$/, ":_")).sort();
	return {
		warned: found(/warning: a server listens on (\S+) that lastcall does not drain; /g),
		failed: found(/^lastcall: (\S+) failed: lastcall did not drain this server, /gm),
	};
}

const HTTP = "http://127.0.0.1:_";

describe("a server that is not registered", { concurrency: 4 }, () => {
	it("causes a warning with its place and the call to add, and is a failure at the end", async (t) => {
		const ending = await stopped(t, "http");
		assert.deepEqual(addresses(ending), { warned: [HTTP], failed: [HTTP] });
		const { exit, stderr } = ending;
		assert.equal(exit, 1, stderr);
		assertInOrder(
			stderr,
			/ is running$/m,
			/; its requests will be cut: service\.serve\("http", server\) \(it was started at \S*listens-itself\.js:\d+\)$/m,
			/: SIGTERM; /,
			/ failed: .*: requests that it had accepted are cut; register it: service\.serve\("http", server\)$/m,
			/^lastcall: closed after [\d.]+ m?s, 1 failed, exit code 1$/m,
		);
	});

	for (const [how, address, call] of [
		["https", "https://127.0.0.1:_", 'requests will be cut: service.serve("https", server)'],
		["tcp", "tcp://127.0.0.1:_", 'connections will be cut: service.serve("tcp", server)'],
		["tls", "tls://127.0.0.1:_", 'connections will be cut: service.serve("tls", server)'],
	] as const) {
		it(`of ${how} has that scheme`, async (t) => {
			const ending = await stopped(t, how);
			assert.deepEqual(addresses(ending), { warned: [address], failed: [address] });
			assert.ok(ending.stderr.includes(`; its ${call}`), ending.stderr);
		});
	}

	it("on a socket has the path as a name", { skip: process.platform === "win32" }, async (t) => {
		const folder = mkdtempSync(join(tmpdir(), "lastcall-unregistered-"));
		t.after(() => rmSync(folder, { recursive: true }));
		const path = join(folder, "app.sock");
		assert.deepEqual(addresses(await stopped(t, "http", { path })), { warned: [path], failed: [path] });
	});

	it("on all addresses is named by localhost", async (t) => {
		const address = "http://localhost:_";
		const ending = await stopped(t, "http", { port: 0, host: "0.0.0.0" });
		assert.deepEqual(addresses(ending), { warned: [address], failed: [address] });
	});

	for (const how of ["before run", "while running"]) {
		it(`that begins to listen ${how} is seen, too`, async (t) => {
			assert.deepEqual(addresses(await stopped(t, how)), { warned: [HTTP], failed: [HTTP] });
		});
	}

	for (const how of ["after the warning", "closed by a closer"]) {
		it(`is no failure if it is ${how === "closed by a closer" ? how : `registered ${how}`}`, async (t) => {
			const ending = await stopped(t, how);
			assert.deepEqual(addresses(ending), { warned: [HTTP], failed: [] });
			assert.equal(ending.exit, 0, ending.stderr);
		});
	}

	it("in a process with several runs is warned of once, and is a failure of the last run to end", async (t) => {
		const ending = await stopped(t, "of two runs");
		assert.deepEqual(addresses(ending), { warned: [HTTP], failed: [HTTP] });
		assert.equal(ending.exit, 1, ending.stderr);
		assert.deepEqual(
			[...ending.stderr.matchAll(/closed after .*, (everything finished|1 failed), /g)].map(([, end]) => end),
			["everything finished", "1 failed"],
		);
	});

	it("in a worker thread with a run of its own is seen there", async (t) => {
		const ending = await stopped(t, "in a thread", undefined, /warning: a server/);
		const address = "http://localhost:_";
		assert.deepEqual(addresses(ending), { warned: [address], failed: [address] });
		assert.equal(ending.exit, 1, ending.stderr);
	});

	it("in the worker of a cluster is seen there, and not in the primary", async (t) => {
		const ending = await stopped(t, "of a cluster", undefined, /^looked$[\s\S]*^looked$/m);
		assert.deepEqual(addresses(ending), { warned: [HTTP], failed: [HTTP] });
	});
});

describe("no warning and no failure is caused by a server that is", { concurrency: 4 }, () => {
	for (const [what, how] of [
		["registered in the turn in which it begins to listen", "in the same turn"],
		["registered before main returns", "before main returns"],
		["a part of a registered one: ws, Socket.IO, gRPC, the health port", "inner servers"],
		["registered with another service of the process", "other services"],
		["closed in the turn in which it begins to listen", "closed at once"],
		["unreferenced", "unreferenced"],
		["one of a worker thread without a run", "of a thread"],
	] as const) {
		it(what, async (t) => {
			const { exit, stderr } = await stopped(t, how);
			assert.equal(exit, 0, stderr);
			assert.equal(count(stderr, /a server listens|did not drain/), 0, stderr);
		});
	}
});
