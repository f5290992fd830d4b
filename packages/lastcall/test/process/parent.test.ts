import assert from "node:assert/strict";
import { once } from "node:events";
import { it } from "node:test";
import { Child } from "../support/child.ts";
import { fixture } from "./fixture.ts";

it("a forked program that listens for messages of its parent ends by itself, when all that it has sent has arrived", async (t) => {
	const stdio = ["ignore", "pipe", "pipe", "ipc"] as const;
	const child = new Child(t, process.execPath, [fixture("talks-to-its-parent")], { stdio: [...stdio] });
	let received = 0;
	child.process.on("message", (message) => {
		received += String(message).length;
	});
	// The exit event may come before everything in the channel has been read.
	const disconnected = once(child.process, "disconnect");
	await child.running();
	child.kill("SIGTERM");
	const { exit, stderr } = await child.ended;
	await disconnected;
	assert.equal(exit, 0, stderr);
	assert.doesNotMatch(stderr, /open handles/);
	assert.equal(received, 300_000);
});

for (const [what, how] of [
	["whose loop is late in the turn that closes the channel to the parent", "late"],
	["where the timers that are to end a poll fire before it, and nothing else wakes its loop,", "timers"],
] as const) {
	it(`a forked program ${what} ends and names no open handles`, async (t) => {
		const child = new Child(t, process.execPath, [fixture("talks-to-its-parent"), how], {
			stdio: ["pipe", "pipe", "pipe", "ipc"],
		});
		await child.running();
		child.kill("SIGTERM");
		const { exit, stderr } = await child.ended;
		assert.equal(exit, 0, stderr);
		assert.doesNotMatch(stderr, /open handles/);
	});
}
