import { setTimeout } from "node:timers/promises";
import { AckPolicy, jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect, nanos } from "@nats-io/transport-node";
import type { ClientExample } from "../client-example.ts";
import { nats as server } from "../servers.ts";
import { queueShop } from "./queue-shop.ts";

const STREAMS = { ORDERS: "orders", CHARGES: "charges", SHIPMENTS: "shipments" };
/** Longer than any round: a message that waits for this is lost. */
const ACK_WAIT_MS = 600_000;

export const nats: ClientExample = {
	name: "NATS JetStream, nats.js",
	file: "nats-jetstream",
	server,
	givesBack: true,
	async open({ ports: [port, monitorPort] }) {
		const connection = await connect({ servers: `127.0.0.1:${port}` });
		const [js, jsm] = [jetstream(connection), await jetstreamManager(connection)];
		for (const [name, subject] of Object.entries(STREAMS)) {
			await jsm.streams.delete(name).catch(() => {});
			await jsm.streams.add({ name, subjects: [subject] });
		}
		const settings = { durable_name: "workers", ack_policy: AckPolicy.Explicit, ack_wait: nanos(ACK_WAIT_MS) };
		await jsm.consumers.add("ORDERS", settings);

		const seen = { CHARGES: [] as string[], SHIPMENTS: [] as string[] };
		async function idsOf(stream: "CHARGES" | "SHIPMENTS"): Promise<string[]> {
			const { state } = await jsm.streams.info(stream);
			while (seen[stream].length < state.last_seq) {
				const message = await jsm.streams.getMessage(stream, { seq: seen[stream].length + 1 });
				seen[stream].push(message?.string() ?? "");
			}
			return [...seen[stream]];
		}
		const held = async (): Promise<number> => (await jsm.consumers.info("ORDERS", "workers")).num_ack_pending;

		return queueShop({
			env: { NATS_URL: `127.0.0.1:${port}` },
			async books() {
				const shipments = await idsOf("SHIPMENTS");
				return { charges: await idsOf("CHARGES"), shipments };
			},
			async connections() {
				const answer = await fetch(`http://127.0.0.1:${monitorPort}/connz`);
				return ((await answer.json()) as { num_connections: number }).num_connections - 1;
			},
			held,
			async add(id) {
				await js.publish("orders", id);
			},
			// A message that was not acknowledged within `ack_wait` is delivered again to any consumer.
			async expire() {
				if ((await held()) === 0) return;
				await jsm.consumers.update("ORDERS", "workers", { ack_wait: nanos(200) });
				await setTimeout(1_000);
				await jsm.consumers.update("ORDERS", "workers", { ack_wait: nanos(ACK_WAIT_MS) });
			},
			close: () => connection.drain(),
		});
	},
};
