// Messages from a NATS JetStream consumer. Told to stop, it asks for no more, and acknowledges those that it holds when
// they are done. What a process that just exits has held is handled once more, but only when `ack_wait` is over.
import { setTimeout } from "node:timers/promises";
import { type JsMsg, jetstream } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { run } from "lastcall";

const { NATS_URL = "localhost", WORK_MS = "100", GRACE_PERIOD_MS = "10000" } = process.env;

await run(
	async (service) => {
		// Closed after the drain. drain() sends what is still to be sent and waits for the server to have it.
		const nats = service.adopt("nats", await connect({ servers: NATS_URL }), (nats) => nats.drain());
		const js = jetstream(nats);
		const consumer = await js.consumers.get("ORDERS", "workers");

		async function handle(message: JsMsg): Promise<void> {
			try {
				await js.publish("charges", message.data);
				// Only when time has run out it gives up.
				await setTimeout(Number(WORK_MS), undefined, { signal: service.hardStopSignal }); // the warehouse packs it
				await js.publish("shipments", message.data);
				await message.ackAck(); // waits for the server to know
			} catch (error) {
				if (!service.hardStopSignal.aborted) throw error;
				message.nak(); // somebody else gets it at once
			}
		}

		// Each asks for one message at a time, so that none is ever on its way to a program that asks for no more: what
		// consume() has buffered, or the server has sent by the time of stop(), nobody gets until `ack_wait` is over.
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
