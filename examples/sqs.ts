// Messages from Amazon SQS, with its SDK alone. At the stop the open poll is waited for, and what it brings is handled: a message on
// its way to a poll that was given up stays invisible for the visibility timeout.
import { setTimeout } from "node:timers/promises";
import { DeleteMessageCommand, type Message, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { run } from "lastcall";

const { QUEUE_URL = "", WORK_MS = "100" } = process.env;

await run((service) => {
	// AWS_REGION and the credentials come from the environment.
	const sqs = service.adopt("sqs", new SQSClient({}), (sqs) => sqs.destroy());

	async function handle({ Body, ReceiptHandle }: Message): Promise<void> {
		console.log(`${Body} begun`);
		await setTimeout(Number(WORK_MS));
		await sqs.send(new DeleteMessageCommand({ QueueUrl: QUEUE_URL, ReceiptHandle }));
		console.log(`${Body} done`);
	}

	// The loop is the program's own, so it needs no intake. A poll must take much less time than the grace period.
	service.task("orders", async (signal) => {
		const poll = { QueueUrl: QUEUE_URL, MaxNumberOfMessages: 5, WaitTimeSeconds: 3 };
		while (!signal.aborted) {
			const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(poll));
			await Promise.all(Messages.map(handle));
		}
	});
});
