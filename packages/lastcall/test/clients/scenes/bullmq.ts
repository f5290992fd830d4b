import { Queue, Worker } from "bullmq";
import type { Scene } from "../scene.ts";
import { redis as server } from "../servers.ts";
import { until } from "../until.ts";
import { queueStage } from "./queue-stage.ts";
import { EmptyRedis } from "./redis.ts";

export const bullmq: Scene = {
	name: "Redis, BullMQ",
	example: "bullmq",
	server,
	givesBack: true,
	async open(server) {
		const { client, env, books, connections } = await EmptyRedis.open(server);
		const queue = new Queue<string>("orders", { connection: client });
		const held = (): Promise<number> => queue.getActiveCount();
		return queueStage({
			env,
			books,
			connections,
			held,
			async add(id) {
				await queue.add("order", id);
			},
			// The locks of a worker that is gone last for 30 s; then any worker that looks for stalled jobs gives them back.
			async expire() {
				if ((await held()) === 0) return;
				const locks = await client.keys("bull:orders:*:lock");
				await client.del("bull:orders:stalled-check", ...locks);
				const other = new Worker("orders", null, { connection: client, stalledInterval: 100 });
				await other.startStalledCheckTimer();
				await until(async () => (await held()) === 0);
				await other.close();
			},
			async close() {
				await queue.close();
				await client.quit();
			},
		});
	},
};
