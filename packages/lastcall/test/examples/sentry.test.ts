import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { describe, it, type TestContext } from "node:test";
import { setTimeout } from "node:timers/promises";
import { arrived } from "../support/arrived.ts";
import { ask } from "../support/ask.ts";
import { Child } from "../support/child.ts";
import { exampleFile, exampleWithout } from "../support/example.ts";

/** The example, and a server in place of Sentry's, which has an event only once its client has waited for the response. */
async function start(t: TestContext, words: readonly string[]) {
	const events: string[] = [];
	const sentry = createServer(async (request, response) => {
		const event = await text(request);
		// Until everything else has ended: without anything that waits for this response, the program would exit now.
		const isWaiting = await child.printed(/closing 1 resource$/m).then(
			() => true,
			() => false,
		);
		await setTimeout(300);
		if (!isWaiting || response.destroyed) return;
		events.push(event);
		response.end("{}");
	});
	sentry.listen(0, "127.0.0.1");
	t.after(() => {
		sentry.close();
		sentry.closeAllConnections();
	});
	await once(sentry, "listening");
	const SENTRY_DSN = `http://key@127.0.0.1:${(sentry.address() as AddressInfo).port}/1`;
	const child: Child = new Child(t, process.execPath, words, { env: { ...process.env, PORT: "0", SENTRY_DSN } });
	return { child, port: await child.port(), has: (what: string) => events.some((event) => event.includes(what)) };
}

describe("examples/sentry", () => {
	it("sends an event before the exit", async (t) => {
		const { child, port, has } = await start(t, [exampleFile("sentry")]);
		assert.equal(await ask(port, "/note"), "200 Hello\n");
		child.kill("SIGTERM");
		const { exit, stderr } = await child.ended;
		assert.equal(exit, 0, stderr);
		assert.equal(has('"message":"note"'), true);
	});

	it("stops for an unhandled rejection, finishes the request in flight and sends the event", async (t) => {
		const { child, port, has } = await start(t, [exampleFile("sentry")]);
		const report = ask(port, "/report");
		await arrived(port);
		void ask(port, "/boom");
		assert.equal(await report, "200 Hello\n");
		const { exit, stderr } = await child.ended;
		assert.equal(exit, 1, stderr);
		assert.match(stderr, /is shutting down: uncaught error.*\n.*failed: Error: boom$/m);
		assert.equal(has('"value":"boom"'), true);
	});

	it("negative control: without the closer the program exits before an event is sent", async (t) => {
		const { child, port, has } = await start(t, await exampleWithout("sentry", /service\.defer\(.+\);/));
		assert.equal(await ask(port, "/note"), "200 Hello\n");
		child.kill("SIGTERM");
		const { exit, stderr } = await child.ended;
		assert.equal(exit, 0, stderr);
		assert.equal(has('"message":"note"'), false);
	});

	it("negative control: Sentry's listener keeps an unhandled rejection from stopping the program", async (t) => {
		const words = await exampleWithout("sentry", /integrations: .+\n/);
		const { child, port } = await start(t, words);
		await child.printed(/warning: an unhandled rejection does not stop this program/);
		assert.equal(await ask(port, "/boom"), "200 Hello\n");
		await child.printed(/^Error: boom$/m);
		assert.equal(await ask(port, "/"), "200 Hello\n");
		child.kill("SIGTERM");
		const { exit, stderr } = await child.ended;
		assert.equal(exit, 0, stderr);
	});
});
