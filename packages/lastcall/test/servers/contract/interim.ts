import assert from "node:assert/strict";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Kind } from "../../support/http-kinds.ts";
import { brief } from "../responses.ts";
import { rule } from "../rule.ts";
import { ServedServer, stages } from "../served-server.ts";
import { echo } from "./echo.ts";

/** An interim response (1xx) is not the last response. */
export function interim(kind: Kind): void {
	rule("100, 102 and 103 don't count as the last response", async (t) => {
		const web = await ServedServer.open(t, kind);
		const client = await web.connect();
		client.get("/hold");
		const { response } = await web.handed("/hold");
		void web.service.stop();
		await web.listenerClosed();
		response.writeContinue();
		response.writeProcessing();
		response.writeEarlyHints({ link: "</style.css>; rel=preload" });
		await client.cameInterim(3);
		// After an interim response the connection is still open to requests.
		client.get("/second");
		await web.handed("/second");
		response.end("first");
		await client.closed;
		assert.deepEqual(client.interim, [100, 102, 103]);
		assert.deepEqual(client.responses.map(brief), ['200 "first" keep-alive', '200 "answer to /second" close']);
		await web.drained();
	});

	for (const { when, begin } of stages) {
		rule(`a client that expects 100 gets it and sends its body, ${when}`, async (t) => {
			const web = await ServedServer.open(t, kind, { handler: echo });
			const client = await web.connect();
			await begin(web);
			client.ask("POST", "/echo", "Content-Length: 5", "Expect: 100-continue");
			await client.cameInterim();
			void client.write("hello");
			await client.closed;
			assert.deepEqual(client.responses.map(brief), ['200 "hello" close']);
			await web.drained();
		});

		rule(`a checkContinue listener may accept or refuse a request, ${when}`, async (t) => {
			const web = await ServedServer.open(t, kind);
			web.server.on("checkContinue", (request: IncomingMessage, response: ServerResponse) => {
				if (request.url === "/refused") {
					response.writeHead(413).end();
					return;
				}
				response.writeContinue();
				echo(request, response);
			});
			const [welcome, refused] = [await web.connect(), await web.connect()];
			await begin(web);
			welcome.ask("POST", "/echo", "Content-Length: 5", "Expect: 100-continue");
			refused.ask("POST", "/refused", "Content-Length: 5", "Expect: 100-continue");
			await welcome.cameInterim();
			void welcome.write("hello");
			await welcome.closed;
			await refused.closed;
			assert.deepEqual(welcome.responses.map(brief), ['200 "hello" close']);
			assert.deepEqual(refused.responses.map(brief), ['413 "" close']);
			assert.deepEqual(refused.interim, []);
			await web.drained();
		});

		rule(`a request with an unknown expectation gets 417, ${when}`, async (t) => {
			const web = await ServedServer.open(t, kind);
			const client = await web.connect();
			await begin(web);
			client.ask("GET", "/", "Expect: a miracle");
			await client.answered();
			assert.equal(client.responses[0]?.status, 417);
			await web.drained();
		});

		rule(`a request whose expectation the program meets is answered with Connection: close, ${when}`, async (t) => {
			const web = await ServedServer.open(t, kind);
			web.server.on("checkExpectation", (_: IncomingMessage, response: ServerResponse) => response.end("it happened"));
			const client = await web.connect();
			await begin(web);
			client.ask("GET", "/", "Expect: a miracle");
			await client.closed;
			assert.deepEqual(client.responses.map(brief), ['200 "it happened" close']);
			await web.drained();
		});
	}
}
