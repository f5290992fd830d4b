import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import type { Kind } from "../../support/http-kinds.ts";
import { BareServer } from "../bare-server.ts";
import { brief, connectionOf, type ReceivedResponse, valuesOf } from "../responses.ts";
import { rule } from "../rule.ts";
import { ServedServer } from "../served-server.ts";

const writers: Record<string, (response: ServerResponse) => unknown> = {
	"setHeader Connection": (response) => response.setHeader("Connection", "keep-alive").end("x"),
	"setHeader Keep-Alive": (response) =>
		response.setHeader("Connection", "Keep-Alive").setHeader("Keep-Alive", "timeout=72").end("x"),
	"writeHead with an object": (response) =>
		response
			.writeHead(200, { Connection: "keep-alive", "Keep-Alive": "timeout=72", "X-One": "1", "x-TWO": ["2", "3"] })
			.end("x"),
	"writeHead with a flat array": (response) =>
		response
			.writeHead(200, [
				"X-One",
				"1",
				"CONNECTION",
				"keep-alive",
				"x-TWO",
				"2",
				"x-TWO",
				"3",
				"keep-alive",
				"timeout=72",
			])
			.end("x"),
	"writeHead with pairs": (response) => {
		const pairs = [
			["X-One", "1"],
			["Connection", "keep-alive"],
			["Set-Cookie", ["a=1", "b=2"]],
			["x-Last", "3"],
		];
		response.writeHead(200, pairs as never).end("x");
	},
	both: (response) => {
		response.setHeader("X-Before", "1").setHeader("Connection", "keep-alive").setHeader("Set-Cookie", ["a=1", "b=2"]);
		response.writeHead(201, { "X-After": "2", connection: "keep-alive" }).end("x");
	},
	"a message": (response) => response.writeHead(200, "All Right", { "X-One": "1", Connection: "keep-alive" }).end("x"),
	"a message and no headers": (response) => response.writeHead(404, "No Such Page").end("x"),
	"a message and a flat array": (response) =>
		response.writeHead(200, "All Right", ["X-One", "1", "Connection", "keep-alive"]).end("x"),
	"a message of its own property": (response) => {
		response.statusMessage = "All Right";
		response.end("x");
	},
	appendHeader: (response) =>
		response.appendHeader("Set-Cookie", "a=1").appendHeader("Set-Cookie", "b=2").appendHeader("X-Y", "z").end("x"),
	setHeaders: (response) => response.setHeaders(new Headers({ "x-one": "1", connection: "keep-alive" })).end("x"),
	flushHeaders: (response) => {
		response.setHeader("X-One", "1").flushHeaders();
		response.end("x");
	},
	"no date, a length, trailers": (response) => {
		response.sendDate = false;
		response.writeHead(200, { Trailer: "X-Sum" });
		response.write("x");
		response.addTrailers({ "X-Sum": "1" });
		response.end();
	},
	"close of its own": (response) => response.setHeader("Connection", "close").end("x"),
};

/** The program's Connection header is overruled on the last response; the rest is left as it is. */
export function headers(kind: Kind): void {
	for (const [how, write] of Object.entries(writers)) {
		rule(`the last response has Connection: close and is otherwise as the program wrote it: ${how}`, async (t) => {
			const handler = (_: unknown, response: ServerResponse): boolean => {
				write(response);
				return true;
			};
			const bare = await BareServer.open(t, kind, { handler });
			const stock = await (await bare.connect()).fetch("/");

			const web = await ServedServer.open(t, kind, { handler });
			const client = await web.connect();
			void web.service.stop();
			await web.listenerClosed();
			client.get("/");
			const [ours] = await client.answered();
			assert.ok(ours);
			assert.equal(connectionOf(ours), "close");
			assert.deepEqual(valuesOf(ours, "keep-alive"), []);
			assert.deepEqual(rest(ours), rest(stock));
			await web.drained();
		});
	}

	rule("a response that isn't the last keeps the program's Connection header", async (t) => {
		const handler = ({ url }: { url?: string | undefined }, response: ServerResponse): boolean => {
			response.writeHead(200, { Connection: "Keep-Alive", "Keep-Alive": "timeout=72" }).end(url);
			return true;
		};
		const web = await ServedServer.open(t, kind, { handler });
		const client = await web.connect();
		void web.service.stop();
		await web.listenerClosed();
		client.get("/1", "/2");
		const [first, last] = await client.answered(2);
		assert.ok(first && last);
		assert.equal(brief(first), '200 "/1" Keep-Alive');
		assert.deepEqual(valuesOf(first, "keep-alive"), ["timeout=72"]);
		assert.equal(brief(last), '200 "/2" close');
		await web.drained();
	});

	rule("the last response has Connection: close even where the program removes that header", async (t) => {
		const handler = (_: unknown, response: ServerResponse): boolean => {
			response.removeHeader("Connection");
			response.end("x");
			return true;
		};
		const web = await ServedServer.open(t, kind, { handler });
		const client = await web.connect();
		void web.service.stop();
		await web.listenerClosed();
		client.get("/");
		await client.closed;
		assert.deepEqual(client.responses.map(brief), ['200 "x" close']);
		await web.drained();
	});
}

/** All headers but those about the connection and the time. */
function rest({ status, message, headers, body }: ReceivedResponse): unknown {
	const hopByHop = ["connection", "keep-alive"];
	const others = headers.filter(([name]) => !hopByHop.includes(name.toLowerCase()));
	return { status, message, headers: others.map(([name, value]) => (name === "Date" ? [name] : [name, value])), body };
}
