// Messages from a NATS JetStream consumer. At the stop it asks for no more, and acknowledges those that it holds when
// they are done. If a process just exits, the messages that it held are delivered again, but only when `ack_wait` is over.
import { setTimeout } from "node:timers/promises";
import { type JsMsg, jetstream } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { run } from "lastcall";

const { NATS_URL = "localhost", WORK_MS = "100", GRACE_PERIOD_MS = "9000" } = process.env;

await run(
	async (service) => {
		// Closed after the drain. drain() sends what is still to be sent and waits until the server has it.
		const nats = service.adopt("nats", await connect({ servers: NATS_URL }), (nats) => nats.drain());
		const js = jetstream(nats);
		const consumer = await js.consumers.get("ORDERS", "workers");

		async function handle(message: JsMsg): Promise<void> {
			try {
				await js.publish("charges", message.data);
				// Aborts only when time has run out.
				await setTimeout(Number(WORK_MS), undefined, { signal: service.hardStopSignal }); // the warehouse packs it
				await js.publish("shipments", message.data);
				await message.ackAck(); // waits until the server has the acknowledgement
			} catch (error) {
				if (!service.hardStopSignal.aborted) throw error;
				message.nak(); // another consumer gets it at once
			}
		}

		// Each asks for one message at a time, so that none is on its way to a program that asks for no more. Messages that
		// consume() has buffered, or that the server has sent before stop(), are not delivered elsewhere until `ack_wait` is over.
		for (let i = 1; i <= 5; i++) {
			service.task(`consumer ${i}`, async (signal) => {
				while (!signal.aborted) {
					const message = await consumer.next({ expires: 2_000 });
					if (message !== null) await handle(message);
				}
			});
		}
	},
	{ gracePeriodMs: Number(GRACE_PERIOD_MS) },
);
