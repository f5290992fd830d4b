// Orders over HTTP, kept in PostgreSQL by Knex: destroying the query builder closes its connection pool.
import { createServer } from "node:http";
import { setTimeout } from "node:timers/promises";
import knex, { type Knex } from "knex";
import { run } from "lastcall";

const { PORT = "8080", WORK_MS = "100" } = process.env;

await run(async (service) => {
	// Acquired first, so closed last. destroy() waits for connections in use; after the drain there are none.
	const db = service.adopt("postgres", knex({ client: "pg", connection: {} }), (db) => db.destroy());

	const server = createServer((request, response) => {
		placeOrder(db, String(request.headers["x-request-id"])).then(
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

async function placeOrder(db: Knex, id: string): Promise<void> {
	await db.transaction(async (transaction) => {
		await transaction("orders").insert({ id }).onConflict().ignore();
		await transaction("charges").insert({ id });
	});
	await setTimeout(Number(WORK_MS)); // the warehouse packs it
	await db.transaction(async (transaction) => {
		await transaction("shipments").insert({ id });
		await transaction("orders").where({ id }).update({ shipped: true });
	});
}
