import { Redis } from "ioredis";
import type { Books } from "../client-example.ts";
import type { RealServer } from "../server.ts";

const OURS = "round";

/** An empty Redis, and what all examples that use it have in common. */
export class EmptyRedis {
	readonly client: Redis;
	readonly env: Readonly<Record<string, string>>;

	static async open({ ports: [port] }: RealServer): Promise<EmptyRedis> {
		const redis = new EmptyRedis(Number(port));
		await redis.client.flushall();
		return redis;
	}

	private constructor(port: number) {
		this.client = new Redis(port, "127.0.0.1", { connectionName: OURS, maxRetriesPerRequest: null });
		this.env = { REDIS_URL: `redis://127.0.0.1:${port}` };
	}

	readonly books = async (): Promise<Books> => ({
		charges: await this.#idsOf("charges"),
		shipments: await this.#idsOf("shipments"),
	});

	readonly connections = async (): Promise<number> => {
		const clients = String(await this.client.client("LIST"))
			.trim()
			.split("\n");
		return clients.filter((client) => !client.includes(` name=${OURS} `)).length;
	};

	async #idsOf(hash: string): Promise<string[]> {
		const counts = Object.entries(await this.client.hgetall(hash));
		return counts.flatMap(([id, count]) => Array<string>(Number(count)).fill(id));
	}
}
