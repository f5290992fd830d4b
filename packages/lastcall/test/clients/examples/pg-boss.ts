import { Client } from "pg";
import { PgBoss } from "pg-boss";
import type { ClientExample } from "../client-example.ts";
import { postgres as server } from "../servers.ts";
import { queueShop } from "./queue-shop.ts";

export const pgBoss: ClientExample = {
	name: "PostgreSQL, pg-boss",
	file: "pg-boss",
	server,
	givesBack: true,
	async open({ ports: [port] }) {
		const where = { host: "127.0.0.1", port: Number(port), user: "postgres", database: "postgres" };
		const client = new Client(where);
		await client.connect();
		await client.query(`
			DROP SCHEMA IF EXISTS pgboss CASCADE;
			DROP TABLE IF EXISTS charges, shipments;
			CREATE TABLE charges (id text);
			CREATE TABLE shipments (id text);
		`);
		const boss = new PgBoss({ ...where, supervise: false, schedule: false });
		boss.on("error", () => {});
		await boss.start();
		await boss.createQueue("orders");
		const ids = async (table: string): Promise<string[]> =>
			(await client.query<{ id: string }>(`SELECT id FROM ${table}`)).rows.map(({ id }) => id);
		return queueShop({
			env: {
				PGHOST: "127.0.0.1",
				PGPORT: String(port),
				PGUSER: "postgres",
				PGDATABASE: "postgres",
				PGAPPNAME: "orders",
			},
			books: async () => ({ charges: await ids("charges"), shipments: await ids("shipments") }),
			async connections() {
				const { rowCount } = await client.query("SELECT FROM pg_stat_activity WHERE application_name = 'orders'");
				return rowCount ?? 0;
			},
			async held() {
				const { rowCount } = await client.query("SELECT FROM pgboss.job WHERE name = 'orders' AND state = 'active'");
				return rowCount ?? 0;
			},
			async add(id) {
				await boss.send("orders", { id });
			},
			// An active job of a worker that is gone is given to another one when it expires, by default after 15 minutes.
			async expire() {
				await client.query("UPDATE pgboss.job SET state = 'retry' WHERE name = 'orders' AND state = 'active'");
			},
			async close() {
				await boss.stop({ graceful: false });
				await client.end();
			},
		});
	},
};
