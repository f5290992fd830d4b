import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { HocuspocusProvider, HocuspocusProviderWebsocket } from "@hocuspocus/provider";
import { createClient } from "graphql-ws";
import { WebSocket } from "ws";
import { Doc } from "yjs";
import { Child } from "./child.ts";
import { assertInOrder } from "./said.ts";

function start(t: TestContext, example: string, env: NodeJS.ProcessEnv = {}): Child {
	const file = fileURLToPath(new URL(`../../../../../examples/dist/${example}.js`, import.meta.url));
	return new Child(t, process.execPath, [file], { env: { ...process.env, PORT: "0", ...env } });
}

describe("examples/graphql-ws", () => {
	it("finishes a mutation, and ends a subscription", { timeout: 30_000 }, async (t) => {
		// Longer than the linger of the grace period.
		const child = start(t, "graphql-ws", { WORK_MS: "3000" });
		const url = `ws://127.0.0.1:${await child.port()}/graphql`;
		const ask = (query: string): Promise<string> => {
			const client = createClient({ url, webSocketImpl: WebSocket, retryAttempts: 0 });
			let told = "";
			return new Promise((resolve) => {
				client.subscribe(
					{ query },
					{
						next: ({ data }) => {
							told = JSON.stringify(data);
						},
						error: (error) => resolve(`${told}, ${(error as { code?: number }).code ?? String(error)}`),
						complete: () => resolve(`${told}, complete`),
					},
				);
			});
		};
		const [news, paid] = [ask("subscription { news }"), ask("mutation { pay }")];
		await child.said(/^paying$/m);
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
		const child = start(t, "hocuspocus");
		const url = `ws://127.0.0.1:${await child.port()}`;
		const websocketProvider = new HocuspocusProviderWebsocket({ url, WebSocketPolyfill: WebSocket });
		const document = new Doc();
		const provider = new HocuspocusProvider({ websocketProvider, name: "notes", document });
		// Or it would connect again and again.
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
