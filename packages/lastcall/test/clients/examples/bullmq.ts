import { Queue, Worker } from "bullmq";
import { poll } from "../../support/until.ts";
import type { ClientExample } from "../client-example.ts";
import { redis as server } from "../servers.ts";
import { queueShop } from "./queue-shop.ts";
import { EmptyRedis } from "./redis.ts";

/** Longer than any of this takes. No test asserts on it. */
const GUARD_MS = 30_000;

export const bullmq: ClientExample = {
	name: "Redis, BullMQ",
	file: "bullmq",
	server,
	givesBack: true,
	async open(server) {
		const { client, env, books, connections } = await EmptyRedis.open(server);
		const queue = new Queue<string>("orders", { connection: client });
		const held = (): Promise<number> => queue.getActiveCount();
		return queueShop({
			env,
			books,
			connections,
			held,
			async add(id) {
				await queue.add("order", id);
			},
			// The locks of a worker that is gone last for 30 s; then any worker that checks for stalled jobs gives them back.
			async expire() {
				if ((await held()) === 0) return;
				const locks = await client.keys("bull:orders:*:lock");
				await client.del("bull:orders:stalled-check", ...locks);
				const other = new Worker("orders", null, { connection: client, stalledInterval: 100 });
				await other.startStalledCheckTimer();
				await poll(async () => (await held()) === 0, AbortSignal.timeout(GUARD_MS));
				await other.close();
			},
			async close() {
				await queue.close();
				await client.quit();
			},
		});
	},
};
