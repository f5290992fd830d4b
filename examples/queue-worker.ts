// A program that is no server: it takes messages from a queue. Told to stop, it takes no more, finishes those that it
// holds, and gives back what it can't finish in time.
import { setTimeout } from "node:timers/promises";
import { run } from "lastcall";
import { InMemoryQueue, type Message } from "./in-memory-queue.ts";

const { MESSAGES = "100", WORK_MS = "1000", GRACE_PERIOD_MS = "10000" } = process.env;

await run(
	(service) => {
		const queue = service.adopt("queue", new InMemoryQueue(Number(MESSAGES)), (queue) => queue.close());

		// After the drain, and before the queue is closed: whatever is still held was not finished.
		const held = new Set<Message>();
		service.defer("unfinished messages", () => {
			for (const message of held) queue.giveBack(message);
			held.clear();
		});

		async function consume(signal: AbortSignal): Promise<void> {
			for (;;) {
				// Rejects when the service stops, with which a task has ended well.
				const message = await queue.receive(signal);
				held.add(message);
				// Gives what is waited for, or left, its own name and age.
				const done = service.enter("message", String(message.id));
				try {
					await handle(message);
					// Somebody else may have it by now.
					if (held.delete(message)) queue.acknowledge(message);
				} finally {
					done();
				}
			}
		}

		async function handle(message: Message): Promise<void> {
			console.log(`message ${message.id} taken`);
			// Work that will be done in time takes no notice of `signal`; only when time has run out it gives up.
			await setTimeout(Number(WORK_MS), undefined, { signal: service.hardStopSignal });
		}

		for (let i = 1; i <= 2; i++) service.task(`consumer ${i}`, consume);
		service.every("queue depth", 5_000, () => console.log(`${queue.size} messages wait`));
	},
	{ gracePeriodMs: Number(GRACE_PERIOD_MS) },
);
