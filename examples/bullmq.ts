// Jobs from Redis by BullMQ. Told to stop, it takes no more, finishes the jobs that it holds, and gives back what time is
// too short for. A process that just exits leaves its jobs locked, to be run once more by whoever finds them stalled.
import { addAbortListener } from "node:events";
import { setTimeout } from "node:timers/promises";
import { type Job, WaitingError, Worker } from "bullmq";
import { Redis } from "ioredis";
import { run } from "lastcall";

const { REDIS_URL = "redis://localhost", WORK_MS = "100", GRACE_PERIOD_MS = "10000" } = process.env;

await run(
	(service) => {
		// What the jobs use is acquired before the worker, and closed after it. quit() waits for the replies to come.
		const redis = service.adopt("redis", new Redis(REDIS_URL), (redis) => redis.quit());

		async function handle(job: Job<string>, token?: string): Promise<void> {
			// Gives what is waited for, or left, its own name and age.
			const done = service.enter("job", job.id);
			try {
				await redis.hincrby("charges", job.data, 1);
				// Only when time has run out the job gives up.
				await setTimeout(Number(WORK_MS), undefined, { signal: service.hardStopSignal }); // the warehouse packs it
				await redis.hincrby("shipments", job.data, 1);
			} catch (error) {
				if (!service.hardStopSignal.aborted) throw error;
				await job.moveToWait(token); // at once, not when its lock has expired
				throw new WaitingError();
			} finally {
				done();
			}
		}

		const worker = new Worker("orders", handle, { connection: { url: REDIS_URL }, concurrency: 5, autorun: false });
		worker.on("error", (error) => console.error(error));
		// Only waits for what the task below began: the locks to be released, the worker's connections to be closed.
		service.adopt("worker", worker, (worker) => worker.close());
		service.task("orders", async (signal) => {
			// From the first moment of draining on it takes no job; run() ends when those it holds are done.
			addAbortListener(signal, () => void worker.close());
			await worker.run();
		});
	},
	{ gracePeriodMs: Number(GRACE_PERIOD_MS) },
);
