// Messages from a Redis stream, by node-redis. At the stop it finishes and acknowledges those that it holds. Messages that a process
// that just exits has held stay assigned to it until it comes back and handles them again.
import { setTimeout } from "node:timers/promises";
import { run } from "lastcall";
import { createClient } from "redis";

const { REDIS_URL = "redis://localhost", WORK_MS = "100", HOSTNAME = "worker-1" } = process.env;

await run(async (service) => {
	// The newest is closed first: the reader, then what its messages need. close() waits for pending replies.
	const redis = service.adopt("redis", createClient({ url: REDIS_URL }), (redis) => redis.close());
	redis.on("error", (error) => console.error(error));
	await redis.connect();
	// A connection of its own: a blocking read holds up other commands on the same connection.
	const reader = service.adopt("reader", redis.duplicate(), (reader) => reader.close());
	reader.on("error", (error) => console.error(error));
	await reader.connect();

	/** Resolves to at most 5 messages: those that this consumer got before and hasn't acknowledged, or new ones. */
	async function read(which: "unacknowledged" | "new"): Promise<Message[]> {
		const from = { key: "orders", id: which === "new" ? ">" : "0" };
		// Not for ever: a blocking read can't be cancelled without losing messages that are on their way.
		const streams = await reader.xReadGroup("workers", HOSTNAME, from, { COUNT: 5, BLOCK: 500 });
		return (streams as { messages: Message[] }[] | null)?.[0]?.messages ?? [];
	}

	async function handle({ id, message: { order = "" } }: Message): Promise<void> {
		await redis.hIncrBy("charges", order, 1);
		await setTimeout(Number(WORK_MS)); // the warehouse packs it
		// All or nothing, so that a shipped order is never delivered again.
		await redis.multi().hIncrBy("shipments", order, 1).xAck("orders", "workers", id).exec();
	}

	service.task("orders", async (signal) => {
		let which: "unacknowledged" | "new" = "unacknowledged";
		while (!signal.aborted) {
			const messages = await read(which);
			if (messages.length === 0) which = "new";
			await Promise.all(messages.map(handle));
		}
	});
});

interface Message {
	readonly id: string;
	readonly message: { readonly order?: string };
}
