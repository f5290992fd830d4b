// `node server.js PEER`: one peer of the comparison. `MODULES` is the compiled folder of the fixtures, `MEASURE` says what to measure.
import { createServer } from "node:http";
import { ATTACH } from "./attach.js";
import { FRAMEWORKS } from "./frameworks.js";
import { handler } from "./handler.js";
import { makeServer } from "./make-server.js";

const [, , peer = "", requests, parts] = process.argv;
const { MODULES, MEASURE, PORT = "0" } = process.env;
const place = { port: Number(PORT), host: "127.0.0.1", backlog: 4_096 };

if (MEASURE === "shutdown") (await import(`${MODULES}/shutdown-cost.js`)).printShutdownCost();

const framework = FRAMEWORKS[peer];
/** @type {import("node:http").Server} */
let server;
if (framework) server = await framework(place);
else {
	server = MEASURE === "instructions" ? createServer((_request, response) => response.end("ok")) : makeServer(handler);
	await ATTACH[peer]?.(server, place);
}

if (MEASURE === "instructions")
	(await import(`${MODULES}/in-memory-clients.js`)).serveInMemory(server, {
		requests: Number(requests),
		parts: Number(parts),
	});
if (process.send) {
	process.on("message", () => {
		globalThis.gc?.();
		globalThis.gc?.();
		process.send?.({ heapBytes: process.memoryUsage().heapUsed });
	});
	if (MEASURE !== "heap") process.channel?.unref();
	const address = server.address();
	process.send({ port: typeof address === "object" ? address?.port : undefined });
	if (MEASURE === "shutdown") process.disconnect?.();
}
