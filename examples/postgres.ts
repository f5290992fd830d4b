// Orders over HTTP, kept in PostgreSQL. An order is two transactions with the warehouse's work between them. A process
// that just exits there has charged a customer for an order that is never shipped.
import { createServer } from "node:http";
import { setTimeout } from "node:timers/promises";
import { run } from "lastcall";
import { Pool, type PoolClient } from "pg";

const { PORT = "8080", WORK_MS = "100" } = process.env;

await run(async (service) => {
	// Acquired first, so closed last: the requests in flight need it to commit. end() waits until its connections are closed.
	const pool = service.adopt("postgres", new Pool({ max: 10 }), (pool) => pool.end());
	// An idle connection that breaks is replaced; without this listener it would crash the process.
	pool.on("error", (error) => console.error(error));

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
	await transaction(pool, async (client) => {
		await client.query("INSERT INTO orders VALUES ($1) ON CONFLICT DO NOTHING", [id]);
		await client.query("INSERT INTO charges VALUES ($1)", [id]);
	});
	await setTimeout(Number(WORK_MS)); // the warehouse packs it
	await transaction(pool, async (client) => {
		await client.query("INSERT INTO shipments VALUES ($1)", [id]);
		await client.query("UPDATE orders SET shipped = true WHERE id = $1", [id]);
	});
}

async function transaction(pool: Pool, work: (client: PoolClient) => Promise<void>): Promise<void> {
	const client = await pool.connect();
	try {
		await client.query("BEGIN");
		await work(client);
		await client.query("COMMIT");
	} catch (error) {
		await client.query("ROLLBACK");
		throw error;
	} finally {
		client.release();
	}
}
