// Bun's own server. https://bun.com/docs/runtime/http/server#server-stop
import { compute, events, WAITS } from "./handler.js";

const { PORT, SCHEME, TLS_KEY: key, TLS_CERT: cert } = process.env;
const headers = { "content-type": "text/event-stream" };

const server = Bun.serve({
	port: Number(PORT),
	hostname: "127.0.0.1",
	idleTimeout: 0,
	...(SCHEME === "https" && { tls: { key, cert } }),
	async fetch(request, server) {
		const { pathname } = new URL(request.url);
		if (SCHEME === "ws" && server.upgrade(request)) return undefined;
		if (pathname === "/events") return new Response(toStream(events(request.method === "POST")), { headers });
		if (request.method === "POST") await request.arrayBuffer();
		else if (WAITS[pathname] > 0) await Bun.sleep(WAITS[pathname]);
		if (pathname === "/compute") compute();
		return new Response("ok\n");
	},
	websocket: { message: (socket, message) => void socket.send(message) },
});

function toStream(source) {
	const encoder = new TextEncoder();
	return new ReadableStream({
		async pull(controller) {
			const { value, done } = await source.next();
			if (done) controller.close();
			else controller.enqueue(encoder.encode(value));
		},
	});
}

process.on("SIGTERM", async () => {
	await server.stop();
	process.exit(0);
});
