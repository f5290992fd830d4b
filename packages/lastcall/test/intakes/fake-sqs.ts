import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { TestContext } from "node:test";
import { until } from "../support/until.ts";

/** As much of SQS as a consumer needs. A poll stays open until the test delivers a message to it. */
export class FakeSqs {
	/** How many polls there have been. */
	polls = 0;
	/** The messages that were delivered and not deleted. SQS hides them from others for the visibility timeout. */
	readonly invisible = new Set<string>();
	readonly deleted = new Set<string>();
	readonly env: Record<string, string> = {};
	readonly #test: TestContext;
	#open: ServerResponse[] = [];
	#isEmpty = false;

	static async start(t: TestContext): Promise<FakeSqs> {
		const sqs = new FakeSqs(t);
		const server = createServer(async (request, response) => {
			const asked = JSON.parse(await text(request));
			const action = String(request.headers["x-amz-target"]).split(".")[1] ?? "";
			sqs.#receive(action, asked, response);
		});
		await once(server.listen(0, "127.0.0.1"), "listening");
		t.after(() => {
			server.close();
			server.closeAllConnections();
		});
		const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
		const credentials = { AWS_ACCESS_KEY_ID: "none", AWS_SECRET_ACCESS_KEY: "none", AWS_REGION: "eu-west-1" };
		Object.assign(sqs.env, credentials, { AWS_ENDPOINT_URL_SQS: url, QUEUE_URL: `${url}/1/orders`, WORK_MS: "50" });
		return sqs;
	}

	private constructor(t: TestContext) {
		this.#test = t;
	}

	/** Delivers a message to the open poll, once there is one. */
	async deliver(name: string): Promise<void> {
		await until(this.#test, () => this.#open.length > 0);
		const response = this.#open.shift();
		this.invisible.add(name);
		const MD5OfBody = createHash("md5").update(name).digest("hex");
		reply(response, { Messages: [{ MessageId: name, ReceiptHandle: name, Body: name, MD5OfBody }] });
	}

	/** Resolves when the message was deleted: it has been handled. */
	handled(name: string): Promise<void> {
		return until(this.#test, () => this.deleted.has(name));
	}

	/** Ends the open poll without a message, and each one after it. */
	endPolls(): void {
		this.#isEmpty = true;
		for (const response of this.#open.splice(0)) reply(response, {});
	}

	#receive(action: string, asked: { ReceiptHandle: string }, response: ServerResponse): void {
		if (action === "ReceiveMessage") {
			this.polls++;
			if (!this.#isEmpty) return void this.#open.push(response);
		} else {
			this.invisible.delete(asked.ReceiptHandle);
			this.deleted.add(asked.ReceiptHandle);
		}
		reply(response, {});
	}
}

function reply(response: ServerResponse | undefined, body: object): void {
	response?.writeHead(200, { "content-type": "application/x-amz-json-1.0" }).end(JSON.stringify(body));
}
