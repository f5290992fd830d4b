import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, it, type TestContext } from "node:test";
import { HocuspocusProvider, HocuspocusProviderWebsocket } from "@hocuspocus/provider";
import { createClient } from "graphql-ws";
import { WebSocket } from "ws";
import { Doc } from "yjs";
import { Child } from "../support/child.ts";
import { drillCli } from "../support/drill-cli.ts";
import { exampleFile, exampleWithout, WITHOUT_ENTER } from "../support/example.ts";
import { assertInOrder } from "../support/text.ts";

function start(t: TestContext, words: readonly string[], env: NodeJS.ProcessEnv = {}): Child {
	return new Child(t, process.execPath, words, { env: { ...process.env, PORT: "0", ...env } });
}

/** Sends `message` and resolves to what comes: the messages, then the code of the close frame. */
async function ask(child: Child, message: string): Promise<string[]> {
	const client = new WebSocket(`ws://127.0.0.1:${await child.port()}/shop`);
	const messages: string[] = [];
	client.on("message", (data) => messages.push(String(data)));
	client.once("open", () => client.send(message));
	const [code] = await once(client, "close");
	return [...messages, String(code)];
}

const LIBRARIES = [
	{ example: "fastify-websocket", message: "an order", response: "paid", work: "shop WebSocket /shop: order" },
	{
		example: "nest-gateway",
		message: JSON.stringify({ event: "order" }),
		response: JSON.stringify({ event: "order", data: "paid" }),
		work: "gateway WebSocket /shop: message",
	},
];

for (const { example, message, response, work } of LIBRARIES) {
	describe(`examples/${example}`, () => {
		// Longer than the linger of the grace period.
		const env = { WORK_MS: "3000" };

		it("responds to a message in flight before the close frame", { timeout: 30_000 }, async (t) => {
			const child = start(t, [exampleFile(example)], env);
			const heard = ask(child, message);
			await child.printed(/^paying$/m);
			child.kill("SIGTERM");
			assert.deepEqual(await heard, [response, "1001"]);
			const { exit, stdout, stderr } = await child.ended;
			assert.equal(exit, 0, stderr);
			assertInOrder(stdout, /^paid$/m, /^database closed$/m);
			assert.ok(stderr.includes(`${work} (`), stderr);
		});

		it("negative control: does not respond without service.enter()", { timeout: 30_000 }, async (t) => {
			// So long that the process ends first.
			const child = start(t, await exampleWithout(example, WITHOUT_ENTER), { WORK_MS: "40000" });
			const heard = ask(child, message);
			await child.printed(/^paying$/m);
			child.kill("SIGTERM");
			assert.deepEqual(await heard, ["1001"]);
			const { exit, stderr } = await child.ended;
			assert.equal(exit, 0, stderr);
		});

		it("loses no message at SIGTERM", async (t) => {
			const { exit, tally, output } = await drill(t, [exampleFile(example)], message);
			t.diagnostic(`${example}: ${tally.lost} of ${tally.total} lost`);
			assert.equal(tally.lost, 0, output);
			assert.ok(tally.answered >= 60, output);
			assert.equal(exit, 0, output);
		});
	});
}

/** Work of 100 ms and a message every 400 ms: no client sends one in the moment of its close frame. */
function drill(t: TestContext, words: readonly string[], message: string) {
	const load = `websocket,path=/shop,connections=30,every=400,message=${message}`;
	const command = [process.execPath, ...words];
	return drillCli(t, ["--load", load, "--rounds", "2", "--grace", "15s"], command, { WORK_MS: "100" });
}

it("examples/fastify-websocket without service.serve(): its clients get a close frame, and no message is lost", async (t) => {
	const words = await exampleWithout("fastify-websocket", /service\.serve\(.+\);/, WITHOUT_ENTER);
	const { exit, tally, reasons, output } = await drill(t, words, "order");
	t.diagnostic(`fastify-websocket without service.serve(): ${tally.lost} of ${tally.total} lost`);
	assert.deepEqual([tally.lost, reasons], [0, []], output);
	assert.ok(tally.answered >= 60, output);
	assert.equal(exit, 0, output);
});

describe("examples/graphql-ws", () => {
	it("finishes a mutation and ends a subscription", { timeout: 30_000 }, async (t) => {
		// Longer than the linger of the grace period.
		const child = start(t, [exampleFile("graphql-ws")], { WORK_MS: "3000" });
		const url = `ws://127.0.0.1:${await child.port()}/graphql`;
		const ask = (query: string): Promise<string> => {
			const client = createClient({ url, webSocketImpl: WebSocket, retryAttempts: 0 });
			let received = "";
			return new Promise((resolve) => {
				client.subscribe(
					{ query },
					{
						next: ({ data }) => {
							received = JSON.stringify(data);
						},
						error: (error) => resolve(`${received}, ${(error as { code?: number }).code ?? String(error)}`),
						complete: () => resolve(`${received}, complete`),
					},
				);
			});
		};
		const [news, paid] = [ask("subscription { news }"), ask("mutation { pay }")];
		await child.printed(/^paying$/m);
		child.kill("SIGTERM");
		assert.equal(await paid, '{"pay":"paid"}, complete');
		assert.equal(await news, '{"news":"tick"}, 1001');
		const { exit, stderr } = await child.ended;
		assert.equal(exit, 0, stderr);
		assert.match(stderr, /in flight: .*graphql WebSocket \/graphql: operation \(/);
	});
});

describe("examples/hocuspocus", () => {
	it("stores what was edited before the database is closed", { timeout: 30_000 }, async (t) => {
		const child = start(t, [exampleFile("hocuspocus")]);
		const url = `ws://127.0.0.1:${await child.port()}`;
		const websocketProvider = new HocuspocusProviderWebsocket({ url, WebSocketPolyfill: WebSocket });
		const document = new Doc();
		const provider = new HocuspocusProvider({ websocketProvider, name: "notes", document });
		// Without this it would reconnect for ever.
		provider.on("disconnect", () => {
			provider.destroy();
			websocketProvider.destroy();
		});
		provider.attach();
		await new Promise((resolve) => provider.on("synced", resolve));
		document.getText("text").insert(0, "hello");
		await new Promise<void>((resolve) => {
			if (!provider.hasUnsyncedChanges) resolve();
			provider.on("unsyncedChanges", ({ number }: { number: number }) => number === 0 && resolve());
		});
		child.kill("SIGTERM");
		const { exit, stdout, stderr } = await child.ended;
		assert.equal(exit, 0, stderr);
		assertInOrder(stdout, /^stored notes: hello$/m, /^database closed$/m);
		assert.match(stderr, /in flight: .*documents notes \(/);
	});
});
