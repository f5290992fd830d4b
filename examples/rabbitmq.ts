// Messages from RabbitMQ. Told to stop, it asks for no more, and acknowledges those that it holds when they are done. What
// it never acknowledged goes back to the queue, so a process that just exits has each of its messages handled twice.
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { aborted } from "node:util";
import { type ConsumeMessage, connect } from "amqplib";
import { run } from "lastcall";

const { AMQP_URL = "amqp://localhost", WORK_MS = "100", GRACE_PERIOD_MS = "10000" } = process.env;

await run(
	async (service) => {
		const connection = service.adopt("rabbitmq", await connect(AMQP_URL), (connection) => connection.close());
		// Closed first, and not left to the connection: its close overtakes the acknowledgements that the channel has still
		// to send. The channel's own comes after them, and is answered when the broker has them.
		const channel = service.adopt("channel", await connection.createConfirmChannel(), (channel) => channel.close());
		await channel.prefetch(5);

		async function handle(message: ConsumeMessage): Promise<void> {
			// Gives what is waited for, or left, its own name and age.
			const done = service.enter("order", message.content.toString());
			try {
				channel.sendToQueue("charges", message.content, { persistent: true });
				// Only when time has run out it gives up.
				await setTimeout(Number(WORK_MS), undefined, { signal: service.hardStopSignal }); // the warehouse packs it
				channel.sendToQueue("shipments", message.content, { persistent: true });
				// First the broker has what came of it, only then it may forget the message.
				await channel.waitForConfirms();
				channel.ack(message);
			} catch (error) {
				if (!service.hardStopSignal.aborted) console.error(error);
				// Back to the queue where only the time was too short, otherwise to where its dead letters go.
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
			// Once this has been answered no message comes any more. Those that came until then are in flight.
			await channel.cancel(consumerTag);
		});
	},
	{ gracePeriodMs: Number(GRACE_PERIOD_MS) },
);
