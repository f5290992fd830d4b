import type { ClientExample } from "../client-example.ts";
import { redis as server } from "../servers.ts";
import { queueShop } from "./queue-shop.ts";
import { EmptyRedis } from "./redis.ts";

export const redisStream: ClientExample = {
	name: "Redis stream, redis",
	file: "redis-stream",
	server,
	async open(server) {
		const { client, env, books, connections } = await EmptyRedis.open(server);
		await client.xgroup("CREATE", "orders", "workers", "$", "MKSTREAM");
		return queueShop({
			env: { ...env, HOSTNAME: "worker-1" },
			books,
			connections,
			async add(id) {
				await client.xadd("orders", "*", "order", id);
			},
			async held() {
				const [pending] = await client.xpending("orders", "workers");
				return Number(pending);
			},
			async close() {
				await client.quit();
			},
		});
	},
};
