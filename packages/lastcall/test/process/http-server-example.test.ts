import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { describe, it, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { arrived } from "../support/arrived.ts";
import { ask } from "../support/ask.ts";
import { Child } from "../support/child.ts";
import { assertInOrder } from "../support/text.ts";

const EXAMPLE = fileURLToPath(new URL("../../../../../examples/dist/http-server.js", import.meta.url));

function start(t: TestContext, env: NodeJS.ProcessEnv): Child {
	return new Child(t, process.execPath, [EXAMPLE], { env: { ...process.env, ...env } });
}

describe("examples/http-server", { concurrency: true }, () => {
	it("answers OK after ten seconds, even where its caller stops it meanwhile", async (t) => {
		// The stop comes two of ten seconds before the response, which fits into the grace period of five.
		const child = start(t, { PORT: "0", STOP_AFTER_MS: "8000" });
		const answer = ask(await child.port(), "/");
		assert.equal(await answer, "200 OK\n");
		const { exit, stdout, stderr } = await child.ended;
		assert.equal(exit, 0, stderr);
		assert.match(stdout, /^Server started\. .*\n$/);
		assertInOrder(
			stderr,
			/ is shutting down: aborted by the caller \(.*timeout\); grace period 5\.0 s$/m,
			/^lastcall: draining, 1 in flight: http GET \/ \(\d\.\d s\)$/m,
			/everything finished, exit code 0$/m,
		);
	});

	for (const signal of ["SIGINT", "SIGTERM"] as const) {
		it(`leaves what is in flight five seconds after ${signal}, names it, and ends with 1`, async (t) => {
			const child = start(t, { PORT: "0" });
			const port = await child.port();
			const answer = ask(port, "/orders/7");
			await arrived(port);
			child.kill(signal);
			assert.equal(await answer, "ECONNRESET");
			const { exit, stderr } = await child.ended;
			assert.equal(exit, 1, stderr);
			assertInOrder(
				stderr,
				new RegExp(` is shutting down: ${signal}; grace period 5\\.0 s$`, "m"),
				/^lastcall: hard stop after [5-9]\.\d s \(out of time\): left http GET \/orders\/7 \([5-9]\.\d s\)$/m,
				/^lastcall: closed after [5-9]\.\d s, 1 left, exit code 1$/m,
			);
		});
	}

	it("ends with 0 where nothing is in flight", async (t) => {
		const child = start(t, { PORT: "0" });
		await child.running();
		child.kill("SIGTERM");
		const { exit, stderr } = await child.ended;
		assert.equal(exit, 0, stderr);
	});

	it("ends with 1 and the server's error where its port is taken", async (t) => {
		const taken = createServer().listen(0);
		t.after(() => taken.close());
		await once(taken, "listening");
		const { port } = taken.address() as AddressInfo;
		const { exit, stdout, stderr } = await start(t, { PORT: String(port) }).ended;
		assert.equal(exit, 1, stderr);
		assert.equal(stdout, "");
		assert.match(stderr, new RegExp(`^lastcall: main failed: "http" cannot listen on port ${port}: .*EADDRINUSE`, "m"));
	});
});
