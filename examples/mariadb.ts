// Orders over HTTP, kept in MariaDB or MySQL. Each order is a transaction, and a second one when it is packed.
import { createServer } from "node:http";
import { setTimeout } from "node:timers/promises";
import { run } from "lastcall";
import { createPool, type Pool } from "mysql2/promise";

const { PORT = "8080", DATABASE_URL = "mysql://root@localhost/shop", WORK_MS = "100" } = process.env;

await run(async (service) => {
	// Acquired first, so closed last: the requests in flight need it to commit.
	const pool = service.adopt("mariadb", createPool({ uri: DATABASE_URL, connectionLimit: 10 }), (pool) => pool.end());

	const server = createServer((request, response) => {
		placeOrder(pool, String(request.headers["x-request-id"])).then(
			() => response.end("shipped\n"),
			(error) => {
				console.error(error);
				response.writeHead(500).end();
			},
		);
	});
	// Last, so that it drains while everything that its handlers use is still open.
	await service.listen("http", server, { port: Number(PORT) });
});

async function placeOrder(pool: Pool, id: string): Promise<void> {
	await transaction(pool, ["INSERT IGNORE INTO orders VALUES (?, false)", "INSERT INTO charges VALUES (?)"], id);
	await setTimeout(Number(WORK_MS)); // the warehouse packs it
	await transaction(pool, ["INSERT INTO shipments VALUES (?)", "UPDATE orders SET shipped = true WHERE id = ?"], id);
}

async function transaction(pool: Pool, statements: readonly string[], id: string): Promise<void> {
	const connection = await pool.getConnection();
	try {
		await connection.beginTransaction();
		for (const statement of statements) await connection.execute(statement, [id]);
		await connection.commit();
	} catch (error) {
		await connection.rollback();
		throw error;
	} finally {
		connection.release();
	}
}
