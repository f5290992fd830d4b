import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { TestContext } from "node:test";
import { until } from "../support/until.ts";

const USER = { id: 1, is_bot: false, first_name: "a" };
const CHAT = { id: 1, type: "private", first_name: "a" };

/** As much of a bot API as a polling bot needs. Its updates are confirmed by a `getUpdates` with a higher offset. */
export class FakeTelegram {
	/** Updates below this are confirmed, and not delivered again. */
	offset = 0;
	readonly env: Record<string, string> = {};
	readonly #test: TestContext;
	readonly #updates: readonly number[];
	#replies: ServerResponse[] = [];

	/** @param updates the ids of the updates that wait for the bot */
	static async start(t: TestContext, updates: readonly number[]): Promise<FakeTelegram> {
		const telegram = new FakeTelegram(t, updates);
		const server = createServer(async (request, response) => {
			const body = await text(request);
			telegram.#receive(String(request.url?.split("/").at(-1)), JSON.parse(body || "{}"), response);
		});
		await once(server.listen(0, "127.0.0.1"), "listening");
		t.after(() => {
			server.close();
			server.closeAllConnections();
		});
		const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
		Object.assign(telegram.env, { BOT_TOKEN: "1:a", API_ROOT: url });
		return telegram;
	}

	private constructor(t: TestContext, updates: readonly number[]) {
		this.#test = t;
		this.#updates = updates;
	}

	/** Lets the bot's next reply arrive: until then, the bot handles the update. */
	async takeReply(): Promise<void> {
		await until(this.#test, () => this.#replies.length > 0);
		send(this.#replies.shift(), { message_id: 2, date: 1, chat: CHAT, text: "Hello" });
	}

	#receive(method: string, asked: { offset?: number; limit?: number }, response: ServerResponse): void {
		switch (method) {
			case "sendMessage":
				this.#replies.push(response);
				break;
			case "getMe":
				send(response, { id: 2, is_bot: true, first_name: "b", username: "b_bot" });
				break;
			case "getUpdates":
				this.#poll(asked, response);
				break;
			default:
				send(response, true);
		}
	}

	#poll(asked: { offset?: number; limit?: number }, response: ServerResponse): void {
		this.offset = Math.max(this.offset, asked.offset ?? 0);
		const next = this.#updates.filter((id) => id >= this.offset).slice(0, asked.limit ?? 100);
		// An empty poll stays open.
		if (next.length === 0 && this.offset <= (this.#updates.at(-1) ?? 0)) return;
		const message = { message_id: 1, date: 1, chat: CHAT, from: USER, text: "Hi" };
		send(
			response,
			next.map((update_id) => ({ update_id, message })),
		);
	}
}

function send(response: ServerResponse | undefined, result: unknown): void {
	response?.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ ok: true, result }));
}
