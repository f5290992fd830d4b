import assert from "node:assert/strict";
import { Agent } from "node:http";
import { test } from "node:test";
import { arrived } from "../support/arrived.ts";
import { ask } from "../support/ask.ts";
import { Child } from "../support/child.ts";
import { exampleFile } from "../support/example.ts";

test("examples/fastify: readiness is 200, and 503 while draining", async (t) => {
	const child = new Child(t, process.execPath, [exampleFile("fastify")], { env: { ...process.env, PORT: "0" } });
	const port = await child.port();
	const agent = new Agent({ keepAlive: true, maxSockets: 1 });
	t.after(() => agent.destroy());
	assert.match(await ask(port, "/readyz", { agent }), /^200 \{"status":"ok","phase":"running"/);
	const report = ask(port, "/report");
	await arrived(port);
	child.kill("SIGTERM");
	await child.printed(/: draining, 1 in flight: http GET \/report/);
	// On the connection from before, since the port is closed.
	assert.match(await ask(port, "/readyz", { agent }), /^503 \{"status":"failed","phase":"draining"/);
	assert.equal(await report, '200 {"sold":42}');
	const { exit, stderr } = await child.ended;
	assert.equal(exit, 0, stderr);
});
