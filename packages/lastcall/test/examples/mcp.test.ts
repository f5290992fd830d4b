import assert from "node:assert/strict";
import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { describe, it, type TestContext } from "node:test";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { Child } from "../support/child.ts";
import { type Drilled, drillCli } from "../support/drill-cli.ts";
import { exampleFile, exampleWithout, WITHOUT_ENTER } from "../support/example.ts";
import { assertInOrder } from "../support/text.ts";

/** Longer than the linger of the grace period. */
const LONG = { WORK_MS: "3000" };

const CALL = { jsonrpc: "2.0", id: 2, method: "tools/call", params: { name: "pay", arguments: {} } };
const INITIALIZE = {
	jsonrpc: "2.0",
	id: 1,
	method: "initialize",
	params: { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "test", version: "1.0.0" } },
};

function drill(t: TestContext, example: string): Promise<Drilled> {
	const headers = ["content-type: application/json", "accept: application/json, text/event-stream"];
	const loads = ["back-to-back,connections=16", "pausing,connections=50", "new-connections,connections=16"];
	const options = [
		...["--path", "/mcp", "--body", JSON.stringify(CALL)],
		...headers.flatMap((header) => ["--header", header]),
		...loads.flatMap((load) => ["--load", load]),
	];
	return drillCli(t, options, [process.execPath, exampleFile(example)], { WORK_MS: "20" });
}

describe("examples/mcp-http", () => {
	it("sends the result of a tool call in progress, and ends a client's standing stream", async (t) => {
		const child = new Child(t, process.execPath, [exampleFile("mcp-http")], {
			env: { ...process.env, PORT: "0", ...LONG },
		});
		const url = new URL(`http://127.0.0.1:${await child.port()}/mcp`);
		const [standing] = (await once(get(url, { headers: { accept: "text/event-stream" } }), "response")) as [
			IncomingMessage,
		];
		const standingEnded = once(standing.resume(), "end");
		const client = new Client({ name: "test", version: "1.0.0" });
		// The transport's type does not allow for `exactOptionalPropertyTypes`.
		await client.connect(new StreamableHTTPClientTransport(url) as Parameters<Client["connect"]>[0]);
		t.after(() => client.close());
		const result = client.callTool({ name: "pay" });
		await child.printed(/^paying$/m);
		child.kill("SIGTERM");
		assert.deepEqual((await result).content, [{ type: "text", text: "paid" }]);
		await standingEnded;
		assert.equal(standing.complete, true);
		const { exit, stdout, stderr } = await child.ended;
		assert.equal(exit, 0, stderr);
		assertInOrder(stdout, /^paying$/m, /^database closed$/m);
		assert.match(stderr, /in flight: .*http POST \/mcp \(/);
	});

	it("loses no tool call at SIGTERM", async (t) => {
		const { exit, tally, output } = await drill(t, "mcp-http");
		t.diagnostic(`mcp-http: ${tally.lost} of ${tally.total} lost`);
		assert.equal(tally.lost, 0, output);
		assert.ok(tally.answered > 200, output);
		assert.equal(exit, 0, output);
	});

	it("negative control: without lastcall loses tool calls at SIGTERM", async (t) => {
		const { exit, tally, output } = await drill(t, "without-lastcall/mcp-http");
		t.diagnostic(`mcp-http in its own way: ${tally.lost} of ${tally.total} lost`);
		assert.ok(tally.lost > 0, output);
		assert.equal(exit, 1, output);
	});
});

/** Starts a server of the example, and a tool call on it that is in progress at SIGTERM. Resolves when it has ended. */
async function callAndStop(t: TestContext, words: readonly string[], env: NodeJS.ProcessEnv) {
	const child = new Child(t, process.execPath, words, {
		stdio: ["pipe", "pipe", "pipe"],
		env: { ...process.env, ...env },
	});
	for (const message of [INITIALIZE, { jsonrpc: "2.0", method: "notifications/initialized" }, CALL]) {
		child.process.stdin?.write(`${JSON.stringify(message)}\n`);
	}
	await child.printed(/^paying$/m);
	child.kill("SIGTERM");
	return child.ended;
}

const RESULT = /^\{"result":\{"content":\[\{"type":"text","text":"paid"\}\]\},"jsonrpc":"2.0","id":2\}$/m;

describe("examples/mcp-stdio", () => {
	it("writes the result of a tool call in progress, then exits", async (t) => {
		const { exit, stdout, stderr } = await callAndStop(t, [exampleFile("mcp-stdio")], LONG);
		assert.match(stdout, RESULT);
		assertInOrder(stderr, /in flight: .*pay/, /^database closed$/m, /everything finished, exit code 0$/m);
		assert.equal(exit, 0, stderr);
	});

	it("negative control: writes no result without service.enter()", async (t) => {
		// So long that the process ends first.
		const words = await exampleWithout("mcp-stdio", WITHOUT_ENTER);
		const { exit, stdout, stderr } = await callAndStop(t, words, { WORK_MS: "40000" });
		assert.doesNotMatch(stdout, RESULT);
		assert.equal(exit, 0, stderr);
	});
});
