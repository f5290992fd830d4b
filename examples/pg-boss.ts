// Jobs from PostgreSQL, by pg-boss. At the stop it takes no more jobs and finishes those that it holds. The jobs of a process that
// just exits stay active until they expire, by default after 15 minutes.
import { setTimeout } from "node:timers/promises";
import { run } from "lastcall";
import { Pool } from "pg";
import { type Job, PgBoss } from "pg-boss";

const { WORK_MS = "100", GRACE_PERIOD_MS = "10000" } = process.env;

await run(
	async (service) => {
		// Closed last: the jobs in progress need it.
		const pool = service.adopt("postgres", new Pool({ max: 10 }), (pool) => pool.end());
		pool.on("error", (error) => console.error(error));

		// Closed after the drain, since requests and jobs in flight may still send jobs. What time was too short for is given back.
		const db = { executeSql: (sql: string, values?: unknown[]) => pool.query(sql, values) };
		const boss = service.adopt("pg-boss", new PgBoss({ db }), (boss) => boss.stop({ graceful: false }));
		boss.on("error", (error) => console.error(error));
		await boss.start();
		await boss.createQueue("orders");

		async function handle([job]: Job<{ id: string }>[]): Promise<void> {
			await pool.query("INSERT INTO charges VALUES ($1)", [job?.data.id]);
			// Aborts only when time has run out. The job fails then, and is tried again by another worker.
			await setTimeout(Number(WORK_MS), undefined, { signal: service.hardStopSignal }); // the warehouse packs it
			await pool.query("INSERT INTO shipments VALUES ($1)", [job?.data.id]);
		}

		await boss.work("orders", { localConcurrency: 5, pollingIntervalSeconds: 0.5 }, handle);
		// Takes no more jobs, and resolves when those that it holds are completed.
		service.intake("orders", boss, (boss) => boss.offWork("orders"));
	},
	{ gracePeriodMs: Number(GRACE_PERIOD_MS) },
);
