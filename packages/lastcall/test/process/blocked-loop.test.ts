import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { assertInOrder, count } from "../support/text.ts";
import { start } from "./fixture.ts";

describe("an event loop that is blocked for good", { concurrency: 4 }, () => {
	it("is ended by SIGKILL after the deadline, with last words", async (t) => {
		const child = start(t, "blocks-for-ever", { gracePeriodMs: 300 });
		await child.running();
		child.kill("SIGTERM");
		const { exit, stdout, stderr } = await child.ended;
		assert.equal(exit, "SIGKILL", stderr);
		assert.equal(stdout, "");
		assertInOrder(stderr, /^blocking$/m, /^lastcall: the event loop is blocked past the deadline; .* SIGKILL$/m);
		assert.equal(count(stderr, /SIGKILL/), 1);
	});

	it("is ended with last words in JSON where the log is JSON", async (t) => {
		const child = start(t, "blocks-for-ever", { name: "shop", gracePeriodMs: 300, log: "json" });
		await child.printed(/^started$/m);
		child.kill("SIGTERM");
		const { exit, stderr } = await child.ended;
		assert.equal(exit, "SIGKILL", stderr);
		const { level, name, pid, msg } = JSON.parse(stderr.trim().split("\n").at(-1) ?? "");
		assert.deepEqual([level, name, pid], ["error", "shop", child.process.pid]);
		assert.match(msg, /^the event loop is blocked past the deadline; /);
	});

	it("is ended without last words where the log is off", async (t) => {
		const child = start(t, "blocks-for-ever", { gracePeriodMs: 300, log: false });
		await child.printed(/^started$/m);
		child.kill("SIGTERM");
		const { exit, stderr } = await child.ended;
		assert.equal(exit, "SIGKILL", stderr);
		assert.equal(stderr, "started\nblocking\n");
	});
});
