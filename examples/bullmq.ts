// Jobs from Redis by BullMQ. At the stop it takes no more jobs, finishes those that it holds, and gives back those that time is
// too short for. A process that just exits leaves its jobs locked, and another worker runs them again once they are stalled.
import { setTimeout } from "node:timers/promises";
import { type Job, WaitingError, Worker } from "bullmq";
import { Redis } from "ioredis";
import { run } from "lastcall";

const { REDIS_URL = "redis://localhost", WORK_MS = "100", GRACE_PERIOD_MS = "9000" } = process.env;

await run(
	(service) => {
		// What the jobs use is acquired before the worker, and closed after it. quit() waits for pending replies.
		const redis = service.adopt("redis", new Redis(REDIS_URL), (redis) => redis.quit());

		async function handle(job: Job<string>, token?: string): Promise<void> {
			// Each job is in flight by its own name and age.
			const done = service.enter("job", job.id);
			try {
				await redis.hincrby("charges", job.data, 1);
				// Aborts only when time has run out.
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

		const worker = new Worker("orders", handle, { connection: { url: REDIS_URL }, concurrency: 5 });
		worker.on("error", (error) => console.error(error));
		// Takes no more jobs, and resolves when those that it holds are done and its connections are closed.
		service.intake("orders", worker, (worker) => worker.close());
		// After a hard stop, this waits until the jobs that time was too short for are given back.
		service.adopt("worker", worker, (worker) => worker.close());
	},
	{ gracePeriodMs: Number(GRACE_PERIOD_MS) },
);
