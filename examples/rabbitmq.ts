// Messages from RabbitMQ. At the stop it asks for no more, and acknowledges those that it holds when they are done. What
// it never acknowledged goes back to the queue, so a process that just exits has each of its messages handled twice.
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { aborted } from "node:util";
import { type ConsumeMessage, connect } from "amqplib";
import { run } from "lastcall";

const { AMQP_URL = "amqp://localhost", WORK_MS = "100", GRACE_PERIOD_MS = "9000" } = process.env;

await run(
	async (service) => {
		const connection = service.adopt("rabbitmq", await connect(AMQP_URL), (connection) => connection.close());
		// Closed first, and not left to the connection, whose close overtakes the acknowledgements that the channel has still
		// to send. The channel's close comes after them, and resolves when the broker has them.
		const channel = service.adopt("channel", await connection.createConfirmChannel(), (channel) => channel.close());
		await channel.prefetch(5);

		async function handle(message: ConsumeMessage): Promise<void> {
			// Each message is in flight by its own name and age.
			const done = service.enter("order", message.content.toString());
			try {
				channel.sendToQueue("charges", message.content, { persistent: true });
				// Aborts only when time has run out.
				await setTimeout(Number(WORK_MS), undefined, { signal: service.hardStopSignal }); // the warehouse packs it
				channel.sendToQueue("shipments", message.content, { persistent: true });
				// The broker must have the result before it may forget the message.
				await channel.waitForConfirms();
				channel.ack(message);
			} catch (error) {
				if (!service.hardStopSignal.aborted) console.error(error);
				// Back to the queue if only the time was too short, otherwise to the dead letters.
				channel.nack(message, false, service.hardStopSignal.aborted);
			} finally {
				done();
			}
		}

		service.task("orders", async (signal) => {
			const { consumerTag } = await channel.consume("orders", (message) => {
				if (message !== null) void handle(message);
				else void service.stop("the broker has cancelled the consumer");
			});
			await Promise.race([aborted(signal, channel), once(connection, "close")]);
			if (!signal.aborted) throw new Error("the broker has closed the connection");
			// Once this resolves no further message comes. Those that came before are in flight.
			await channel.cancel(consumerTag);
		});
	},
	{ gracePeriodMs: Number(GRACE_PERIOD_MS) },
);
