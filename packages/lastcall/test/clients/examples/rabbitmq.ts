import { connect } from "amqplib";
import type { ClientExample } from "../client-example.ts";
import { rabbitmq as server } from "../servers.ts";
import { queueShop } from "./queue-shop.ts";

export const rabbitmq: ClientExample = {
	name: "RabbitMQ, amqplib",
	file: "rabbitmq",
	server,
	givesBack: true,
	async open({ ports: [port, metricsPort] }) {
		const connection = await connect({ hostname: "127.0.0.1", port: Number(port) });
		const channel = await connection.createConfirmChannel();
		for (const queue of ["orders", "charges", "shipments"]) {
			await channel.assertQueue(queue);
			await channel.purgeQueue(queue);
		}
		const seen = { charges: [] as string[], shipments: [] as string[] };
		return queueShop({
			env: { AMQP_URL: `amqp://127.0.0.1:${port}` },
			async books() {
				for (const queue of ["shipments", "charges"] as const) {
					for (;;) {
						const message = await channel.get(queue, { noAck: true });
						if (message === false) break;
						seen[queue].push(message.content.toString());
					}
				}
				return { charges: [...seen.charges], shipments: [...seen.shipments] };
			},
			async connections() {
				const metrics = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
				return Number(/^rabbitmq_connections (\d+)$/m.exec(metrics)?.[1]) - 1;
			},
			async add(id) {
				channel.sendToQueue("orders", Buffer.from(id), { persistent: true });
				await channel.waitForConfirms();
			},
			close: () => connection.close(),
		});
	},
};
