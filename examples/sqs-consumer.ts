// Messages from Amazon SQS, by sqs-consumer. At the stop the open poll is waited for, and what it brings is handled: a message on
// its way to a poll that was given up stays invisible for the visibility timeout.
import { setTimeout } from "node:timers/promises";
import { type Message, SQSClient } from "@aws-sdk/client-sqs";
import { run } from "lastcall";
import { Consumer } from "sqs-consumer";

const { QUEUE_URL = "", WORK_MS = "100" } = process.env;

await run((service) => {
	// AWS_REGION and the credentials come from the environment.
	const sqs = service.adopt("sqs", new SQSClient({}), (sqs) => sqs.destroy());

	async function handleMessage(message: Message): Promise<Message> {
		console.log(`${message.Body} begun`);
		await setTimeout(Number(WORK_MS));
		console.log(`${message.Body} done`);
		return message; // the consumer deletes it
	}

	// A poll must take much less time than the grace period. Without pollingCompleteWaitTimeMs, "stopped" comes at once.
	const polls = { waitTimeSeconds: 3, pollingCompleteWaitTimeMs: 60_000 };
	const consumer = Consumer.create({ queueUrl: QUEUE_URL, sqs, handleMessage, ...polls });
	consumer.on("error", (error) => console.error(error));
	consumer.on("processing_error", (error) => console.error(error));
	consumer.start();
	service.intake("orders", consumer, (consumer) => new Promise((end) => consumer.once("stopped", end).stop()));
});
