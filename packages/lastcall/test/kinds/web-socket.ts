import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import type { HostedService } from "lastcall";
import { WebSocket, WebSocketServer } from "ws";
import { goSilent, webSocketRequest } from "../support/silent-client.ts";
import type { Kind, Site, Work } from "./kind.ts";

interface Attached {
	readonly webSockets: WebSocketServer;
	/** The HTTP server that listens on the port. */
	readonly server: Server;
}

/** `ws`, attached to an HTTP server. */
export const attached: Kind = kindOf("ws, attached", async (service) => {
	const server = createServer();
	const webSockets = service.serve("chat", new WebSocketServer({ server }));
	await service.listen("web", server, { port: 0, host: "127.0.0.1" });
	return { webSockets, server };
});

/** `ws`, given each upgrade by the program. */
export const noServer: Kind = kindOf("ws, noServer", async (service) => {
	const server = createServer();
	const webSockets = service.serve("chat", new WebSocketServer({ noServer: true }));
	server.on("upgrade", (request, socket, head) => {
		webSockets.handleUpgrade(request, socket, head, (webSocket) => webSockets.emit("connection", webSocket, request));
	});
	await service.listen("web", server, { port: 0, host: "127.0.0.1" });
	return { webSockets, server };
});

/** `ws`, on a port of its own. */
export const ownPort: Kind = kindOf("ws, own port", async (service) => {
	const webSockets = new WebSocketServer({ port: 0, host: "127.0.0.1" });
	await once(webSockets, "listening");
	const { _server: server } = webSockets as unknown as { _server: Server };
	return { webSockets: service.serve("chat", webSockets), server };
});

function kindOf(name: string, attach: (service: HostedService) => Promise<Attached>): Kind {
	return {
		name,
		idleOutcome: /^1001 service is shutting down$/,
		newOutcome: /^(refused|503)$/,
		inFlight: /^chat WebSocket \/chat: held true$/m,
		cutOutcome: /^1006 $/,
		silentName: /^chat WebSocket \/chat$/,
		open: async (t, service) => open(t, service, await attach(service)),
	};
}

async function open(t: TestContext, service: HostedService, { webSockets, server }: Attached): Promise<Site> {
	const held: (() => void)[] = [];
	webSockets.on("connection", (webSocket) => {
		webSocket.on("message", () => {
			const done = service.enter(webSocket, "held");
			held.push(() => {
				webSocket.send("whole");
				done();
			});
			webSockets.emit("held");
		});
	});
	const { port } = server.address() as AddressInfo;
	const connect = (): WebSocket => {
		const client = new WebSocket(`ws://127.0.0.1:${port}/chat`);
		t.after(() => client.terminate());
		return client;
	};
	const opened = async (): Promise<WebSocket> => {
		const client = connect();
		await once(client, "open");
		return client;
	};
	const begin = async (client: WebSocket): Promise<Work> => {
		const handed = once(webSockets, "held");
		client.send("held");
		await handed;
		const outcome = Promise.race([once(client, "message").then(([message]) => String(message)), endOf(client)]);
		const finish = held.pop();
		return { finish: () => finish?.(), outcome, more: () => begin(client) };
	};
	return {
		begin: async () => begin(await opened()),
		idle: async () => ({ outcome: endOf(await opened()) }),
		silent: () => goSilent(t, { port, says: webSocketRequest("/chat") }),
		connectAnew: () => welcomeOf(connect()),
		isGone: async () => !server.listening && webSockets.clients.size === 0,
	};
}

/** How it ended: the code and the reason. */
async function endOf(client: WebSocket): Promise<string> {
	const [code, reason] = (await once(client, "close")) as [number, Buffer];
	return `${code} ${reason}`;
}

/** What a new client gets: an open WebSocket, or a refusal. */
function welcomeOf(client: WebSocket): Promise<string> {
	return new Promise((resolve) => {
		client.on("open", () => resolve("whole"));
		client.on("unexpected-response", (_request, { statusCode }) => resolve(String(statusCode)));
		client.on("error", ({ code }: NodeJS.ErrnoException) =>
			resolve(code === "ECONNREFUSED" ? "refused" : String(code)),
		);
	});
}
