import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { describe, it, type TestContext } from "node:test";
import { promisify } from "node:util";
import { Kafka, logLevel, Partitioners } from "kafkajs";
import { missing, RealServer } from "../clients/server.ts";
import { kafka } from "../clients/servers.ts";
import { poll } from "../support/until.ts";
import { HeldProgram, type Registered } from "./held-program.ts";

const ORDERS = Array.from({ length: 300 }, (_, i) => String(i + 1));

const kcat = promisify(execFile);

/** A broker with orders, and the example that is being stopped while it handles them. Resolves when draining has begun. */
async function stopping(t: TestContext, registered: Registered) {
	const server = await RealServer.start(kafka);
	t.after(() => server.stop());
	const broker = `127.0.0.1:${server.ports[0]}`;
	const client = new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING });
	const producer = client.producer({ createPartitioner: Partitioners.DefaultPartitioner });
	await producer.connect();
	await producer.send({ topic: "orders", messages: ORDERS.map((value) => ({ value })) });
	await producer.disconnect();

	/** Everything that a topic has. */
	async function read(topic: "charges" | "shipments"): Promise<string[]> {
		// A topic that nothing was sent to is unknown.
		const { stdout } = await kcat("kcat", ["-C", "-q", "-e", "-b", broker, "-t", topic]).catch(() => ({ stdout: "" }));
		return stdout.split("\n").filter(Boolean);
	}

	/** How many orders the group has committed: its members are not given these again. */
	async function committed(): Promise<number> {
		const admin = client.admin();
		await admin.connect();
		const [orders] = await admin.fetchOffsets({ groupId: "workers", topics: ["orders"] });
		await admin.disconnect();
		return (orders?.partitions ?? []).reduce((sum, { offset }) => sum + Math.max(0, Number(offset)), 0);
	}

	const env = { KAFKA_BROKERS: broker, KAFKAJS_NO_PARTITIONER_WARNING: "1", WORK_MS: "100" };
	const program = new HeldProgram(t, "kafkajs", registered, env);
	await poll(async () => (await read("charges")).length >= 3, t.signal);
	await program.stop();
	return { program, read, committed, atStop: (await read("charges")).length };
}

const reason = missing(kafka);
const skip = reason !== undefined && process.env.CI !== "true" ? reason : false;

describe("Kafka", { skip }, () => {
	it("takes no message when draining has begun, and commits exactly those that it has handled", async (t) => {
		const { program, read, committed, atStop } = await stopping(t, "intake");
		await poll(async () => (await committed()) === (await read("shipments")).length, t.signal);
		const { exit, stdout } = await program.release();
		const [charges, shipments] = [await read("charges"), await read("shipments")];
		assert.equal(exit, 0, stdout);
		assert.ok(charges.length < ORDERS.length, "no order was left to take");
		// The message that it had taken may have been charged a moment later.
		assert.ok(charges.length <= atStop + 1, `${charges.length - atStop} messages taken`);
		assert.deepEqual(shipments.toSorted(), charges.toSorted());
		assert.equal(new Set(charges).size, charges.length);
		assert.equal(await committed(), charges.length);
	});

	it("negative control: with adopt it goes on taking messages while draining", async (t) => {
		const { read, atStop } = await stopping(t, "adopted");
		assert.ok(await poll(async () => (await read("charges")).length > atStop + 2, t.signal));
	});
});
