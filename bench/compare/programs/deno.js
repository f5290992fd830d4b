// Deno's own server. https://docs.deno.com/api/deno/~/Deno.HttpServer.shutdown
import process from "node:process";
import { compute, events, WAITS } from "./handler.js";

const { PORT, SCHEME, TLS_KEY: key, TLS_CERT: cert } = process.env;
const headers = { "content-type": "text/event-stream" };
const encoder = new TextEncoder();
const where = { port: Number(PORT), hostname: "127.0.0.1", onListen() {} };

const server = Deno.serve({ ...where, ...(SCHEME !== "http" && SCHEME !== "ws" && { key, cert }) }, async (request) => {
	const { pathname } = new URL(request.url);
	if (SCHEME === "ws" && request.headers.get("upgrade") === "websocket") {
		const { socket, response } = Deno.upgradeWebSocket(request);
		socket.onmessage = ({ data }) => socket.send(data);
		return response;
	}
	if (pathname === "/events") return new Response(toStream(events(request.method === "POST")), { headers });
	if (request.method === "POST") await request.arrayBuffer();
	else if (WAITS[pathname] > 0) await new Promise((resolve) => setTimeout(resolve, WAITS[pathname]));
	if (pathname === "/compute") compute();
	return new Response("ok\n");
});

function toStream(source) {
	return ReadableStream.from(source).pipeThrough(
		new TransformStream({ transform: (event, controller) => controller.enqueue(encoder.encode(event)) }),
	);
}

Deno.addSignalListener("SIGTERM", async () => {
	await server.shutdown();
	Deno.exit(0);
});
