import assert from "node:assert/strict";
import { it } from "node:test";
import { Child, fixture } from "./child.ts";

it("a program that listens to whoever has forked it ends by itself, when all that it has sent is through", async (t) => {
	const stdio = ["ignore", "pipe", "pipe", "ipc"] as const;
	const child = new Child(t, process.execPath, [fixture("talks-to-its-parent")], { stdio: [...stdio] });
	let received = 0;
	child.process.on("message", (message) => {
		received += String(message).length;
	});
	await child.running();
	child.kill("SIGTERM");
	const { exit, stderr } = await child.ended;
	assert.equal(exit, 0, stderr);
	assert.doesNotMatch(stderr, /still holding/);
	assert.equal(received, 300_000);
});
