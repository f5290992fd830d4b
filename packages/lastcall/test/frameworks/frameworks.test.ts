import assert from "node:assert/strict";
import { request } from "node:http";
import { text } from "node:stream/consumers";
import { describe, it, type TestContext } from "node:test";
import { arrived } from "../support/arrived.ts";
import { ask } from "../support/ask.ts";
import { Child } from "../support/child.ts";
import { type Drilled, drillCli } from "../support/drill-cli.ts";
import { assertInOrder, count } from "../support/text.ts";
import { example, type Framework, frameworks, UPLOAD_BYTES } from "./framework.ts";

const ROUNDS = process.env.LASTCALL_RACE_ROUNDS ?? "1";

const HEADER = ["content-type", "application/octet-stream"] as const;

/** Both outputs in one pipe, so that their lines are in order. */
function startExample(t: TestContext, { name }: Framework): Child {
	const env = { ...process.env, PORT: "0", NODE: process.execPath, EXAMPLE: example(name) };
	return new Child(t, "sh", ["-c", 'exec "$NODE" "$EXAMPLE" 2>&1'], { env });
}

function upload(port: number): Promise<string> {
	return new Promise((resolve, reject) => {
		const headers = { [HEADER[0]]: HEADER[1] };
		const outgoing = request({ port, path: "/orders", method: "POST", agent: false, headers }, (response) => {
			text(response).then((body) => resolve(`${response.statusCode} ${body}`), reject);
		});
		outgoing.on("error", reject).end(Buffer.alloc(UPLOAD_BYTES));
	});
}

/** All loads that a shutdown can lose, on each of the example's paths but the one for uploads. */
function drill(t: TestContext, { hello }: Framework, program: string, ...options: string[]): Promise<Drilled> {
	const loads = [
		`back-to-back,connections=16,path=${hello}`,
		`pausing,connections=100,path=${hello}`,
		`new-connections,connections=16,path=${hello}`,
		"in-flight,connections=16,path=/report",
	];
	return drillCli(t, [...loads.flatMap((load) => ["--load", load]), ...options], [process.execPath, example(program)]);
}

/** The same for uploads. They have a content type with which tRPC refuses all other requests. */
function drillUploads(t: TestContext, { name }: Framework, ...options: string[]): Promise<Drilled> {
	const words = ["--header", HEADER.join(": "), "--load", "upload,connections=8,path=/orders", ...options];
	return drillCli(t, words, [process.execPath, example(name)]);
}

for (const framework of frameworks) {
	const { name, hello, responses, hooks } = framework;
	void describe(`examples/${name}`, () => {
		void it("answers the requests in flight, then runs its shutdown hooks, in order and once", async (t) => {
			const child = startExample(t, framework);
			const port = await child.port();
			assert.equal(await ask(port, hello), responses.hello);
			assert.equal(await upload(port), responses.orders);
			const report = ask(port, "/report");
			await arrived(port);
			child.kill("SIGTERM");
			assert.equal(await report, responses.report);
			const { exit, stdout } = await child.ended;
			assert.equal(exit, 0, stdout);
			assertInOrder(
				stdout,
				/: draining, 1 in flight: http GET \/report /,
				/: closing 1 resource$/m,
				...hooks.map((hook) => new RegExp(`^${hook}$`, "m")),
				/: closed after .*, everything finished, exit code 0$/m,
			);
			for (const hook of hooks) assert.equal(count(stdout, new RegExp(`^${hook}$`)), 1, stdout);
		});

		void it("loses no request at SIGTERM", async (t) => {
			const { exit, tally, output } = await drill(t, framework, name, "--rounds", ROUNDS);
			t.diagnostic(`${name}: ${tally.lost} of ${tally.total} lost`);
			assert.equal(tally.lost, 0, output);
			assert.ok(tally.answered > 200, output);
			assert.equal(exit, 0, output);
		});

		void it("loses no upload at SIGTERM", async (t) => {
			const { exit, tally, output } = await drillUploads(t, framework, "--rounds", ROUNDS);
			assert.equal(tally.lost, 0, output);
			assert.ok(tally.answered >= 8, output);
			assert.equal(exit, 0, output);
		});

		void it("negative control: without lastcall loses requests at SIGTERM", async (t) => {
			const { exit, tally, output } = await drill(t, framework, `without-lastcall/${name}`, "--grace", "2s");
			t.diagnostic(`${name} in its own way: ${tally.lost} of ${tally.total} lost`);
			assert.ok(tally.lost > 0, output);
			assert.equal(exit, 1, output);
		});
	});
}
