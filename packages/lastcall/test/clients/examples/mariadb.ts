import { createConnection, type RowDataPacket } from "mysql2/promise";
import type { ClientExample } from "../client-example.ts";
import { mariadb as server } from "../servers.ts";
import { httpShop } from "./http-shop.ts";

export const mariadb: ClientExample = {
	name: "MariaDB, mysql2",
	file: "mariadb",
	server,
	async open({ ports: [port] }) {
		const connection = await createConnection({ host: "127.0.0.1", port: Number(port), user: "root" });
		for (const statement of [
			"CREATE OR REPLACE DATABASE shop",
			"CREATE TABLE shop.orders (id varchar(20) PRIMARY KEY, shipped boolean)",
			"CREATE TABLE shop.charges (id varchar(20))",
			"CREATE TABLE shop.shipments (id varchar(20))",
		]) {
			await connection.query(statement);
		}
		const ids = async (table: string): Promise<string[]> => {
			const [rows] = await connection.query<RowDataPacket[]>(`SELECT id FROM shop.${table}`);
			return rows.map((row) => String(row.id));
		};
		return httpShop({
			env: { DATABASE_URL: `mysql://root@127.0.0.1:${port}/shop` },
			books: async () => ({ charges: await ids("charges"), shipments: await ids("shipments") }),
			async connections() {
				const [rows] = await connection.query<RowDataPacket[]>(
					"SELECT id FROM information_schema.processlist WHERE db = 'shop'",
				);
				return rows.length;
			},
			close: () => connection.end(),
		});
	},
};
