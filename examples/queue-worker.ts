// A program without a server: it takes messages from a queue. At the stop it takes no more, finishes those that it
// holds, and gives back what it can't finish in time.
import { setTimeout } from "node:timers/promises";
import { run } from "lastcall";
import { InMemoryQueue, type Message } from "./in-memory-queue.ts";

const { MESSAGES = "100", WORK_MS = "1000", GRACE_PERIOD_MS = "9000" } = process.env;

await run(
	(service) => {
		const queue = service.adopt("queue", new InMemoryQueue(Number(MESSAGES)), (queue) => queue.close());

		// Runs after the drain and before the queue is closed: messages that are still held were not finished.
		const held = new Set<Message>();
		service.defer("unfinished messages", () => {
			for (const message of held) queue.giveBack(message);
			held.clear();
		});

		async function consume(signal: AbortSignal): Promise<void> {
			for (;;) {
				// Rejects with the drain signal's reason when the service stops, which is a good end of a task.
				const message = await queue.receive(signal);
				held.add(message);
				// Each message is in flight by its own name and age.
				const done = service.enter("message", String(message.id));
				try {
					await handle(message);
					// Another consumer may have it by now.
					if (held.delete(message)) queue.acknowledge(message);
				} finally {
					done();
				}
			}
		}

		async function handle(message: Message): Promise<void> {
			console.log(`message ${message.id} taken`);
			// Work that can be done in time goes on. hardStopSignal aborts only when time has run out.
			await setTimeout(Number(WORK_MS), undefined, { signal: service.hardStopSignal });
		}

		for (let i = 1; i <= 2; i++) service.task(`consumer ${i}`, consume);
		service.every("queue depth", 5_000, () => console.log(`${queue.size} messages wait`));
	},
	{ gracePeriodMs: Number(GRACE_PERIOD_MS) },
);
