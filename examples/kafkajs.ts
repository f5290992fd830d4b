// Messages from Kafka, by kafkajs. At the stop it takes no more messages, finishes the one that each partition has in progress,
// commits the offsets and leaves the group, so that another consumer has the partitions at once.
import { setTimeout } from "node:timers/promises";
import { type EachMessagePayload, Kafka, logLevel } from "kafkajs";
import { run } from "lastcall";

const { KAFKA_BROKERS = "localhost:9092", WORK_MS = "100" } = process.env;

await run(async (service) => {
	const kafka = new Kafka({ brokers: KAFKA_BROKERS.split(","), logLevel: logLevel.ERROR });
	const producer = service.adopt("producer", kafka.producer(), (producer) => producer.disconnect());
	await producer.connect();

	async function eachMessage({ message }: EachMessagePayload): Promise<void> {
		await producer.send({ topic: "charges", messages: [{ value: message.value }] });
		await setTimeout(Number(WORK_MS)); // the warehouse packs it
		await producer.send({ topic: "shipments", messages: [{ value: message.value }] });
	}

	const consumer = kafka.consumer({ groupId: "workers" });
	await consumer.connect();
	await consumer.subscribe({ topic: "orders", fromBeginning: true });
	await consumer.run({ eachMessage });
	service.intake("orders", consumer, (consumer) => consumer.disconnect());
});
