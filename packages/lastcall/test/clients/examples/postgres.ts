import { Client } from "pg";
import type { ClientExample } from "../client-example.ts";
import type { ServerKind } from "../server.ts";
import * as servers from "../servers.ts";
import { httpShop } from "./http-shop.ts";

export const postgres = exampleOf("PostgreSQL, pg", "postgres", servers.postgres, backends);
export const knex = exampleOf("PostgreSQL, Knex", "knex", servers.postgres, backends);
export const pglite = exampleOf("PGlite, pg", "postgres", servers.pglite, sockets);

async function backends(client: Client): Promise<number> {
	const { rowCount } = await client.query("SELECT FROM pg_stat_activity WHERE application_name = 'orders'");
	return rowCount ?? 0;
}

async function sockets(_client: Client, statsPort: number): Promise<number> {
	const ours = 1;
	return Number(await (await fetch(`http://127.0.0.1:${statsPort}`)).text()) - ours;
}

function exampleOf(name: string, file: string, server: ServerKind, connections: typeof sockets): ClientExample {
	return {
		name,
		file,
		server,
		async open({ ports: [port, statsPort] }) {
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
			return httpShop({
				env: {
					PGHOST: "127.0.0.1",
					PGPORT: String(port),
					PGUSER: "postgres",
					PGDATABASE: "postgres",
					PGAPPNAME: "orders",
				},
				books: async () => ({ charges: await ids("charges"), shipments: await ids("shipments") }),
				connections: () => connections(client, Number(statsPort)),
				close: () => client.end(),
			});
		},
	};
}
