// Work on a schedule, by croner. At the stop no run begins any more, and those in progress are finished.
import { setTimeout } from "node:timers/promises";
import { Cron } from "croner";
import { run } from "lastcall";

const { SCHEDULE = "* * * * * *", WORK_MS = "500" } = process.env;

await run((service) => {
	service.defer("database", () => console.log("database closed")); // after the last run

	async function makeReport(): Promise<void> {
		console.log("report begun");
		await setTimeout(Number(WORK_MS));
		console.log("report done");
	}

	// Each run is in flight as a task of its own, and one that fails stops the service.
	const job = new Cron(SCHEDULE, () => service.task("report", makeReport));
	service.intake("schedule", job, (job) => job.stop());
});
