import { Client } from "pg";
import type { Scene } from "../scene.ts";
import { postgres as server } from "../servers.ts";
import { httpStage } from "./http-stage.ts";

/** Examples over PostgreSQL: one with `pg` alone, one with a query builder. */
export const postgres = sceneOf("PostgreSQL, pg", "postgres");
export const knex = sceneOf("PostgreSQL, Knex", "knex");

function sceneOf(name: string, example: string): Scene {
	return {
		name,
		example,
		server,
		async open({ ports: [port] }) {
			const client = new Client({ host: "127.0.0.1", port: Number(port), user: "postgres", database: "postgres" });
			await client.connect();
			await client.query(`
				DROP TABLE IF EXISTS orders, charges, shipments;
				CREATE TABLE orders (id text PRIMARY KEY, shipped boolean NOT NULL DEFAULT false);
				CREATE TABLE charges (id text);
				CREATE TABLE shipments (id text);
			`);
			const ids = async (table: string): Promise<string[]> =>
				(await client.query<{ id: string }>(`SELECT id FROM ${table}`)).rows.map(({ id }) => id);
			return httpStage({
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
				close: () => client.end(),
			});
		},
	};
}
