import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { http } from "../support/http-kinds.ts";
import { goSilent } from "../support/silent-client.ts";
import type { Kind } from "./kind.ts";
import { LineClient } from "./line-client.ts";
import { connected, HeldLines } from "./line-site.ts";

/** An upgraded connection whose protocol has a closing message. */
export const upgraded: Kind = kindOf(
	"upgraded, with a closing message",
	"upgrade",
	"GET /lines HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: lines\r\n\r\n",
	(socket) => socket.end("bye\n"),
	/^bye$/,
);

/** A CONNECT tunnel, which has no closing message. */
export const tunnel: Kind = kindOf(
	"CONNECT",
	"connect",
	"CONNECT db:5432 HTTP/1.1\r\nHost: db:5432\r\n\r\n",
	undefined,
	/^closed$/,
);

function kindOf(
	name: string,
	event: "upgrade" | "connect",
	request: string,
	closingMessage: ((socket: Duplex) => unknown) | undefined,
	idleOutcome: RegExp,
): Kind {
	return {
		name,
		idleOutcome,
		newOutcome: /^(refused|HTTP\/1\.1 503 Service Unavailable\r)$/,
		inFlight: /^lines upgraded connection: held true$/m,
		cutOutcome: /^(closed|ECONNRESET)$/,
		silentName: /^lines upgraded connection$/,
		open: async (t, service) => {
			const server = createServer();
			const held = new HeldLines(service, server);
			server.on(event, (_request, socket: Duplex) => {
				held.serve(service.upgraded("lines", socket, closingMessage));
				socket.write("HTTP/1.1 101 Go Ahead\r\n\r\n");
			});
			await service.listen("web", server, { port: 0, host: "127.0.0.1" });
			const { port } = server.address() as AddressInfo;
			const dial = async (): Promise<LineClient | string> => {
				const client = new LineClient(t, http.connect(port));
				if (!(await connected(client.socket, "connect"))) return client.ended;
				client.socket.write(request);
				const status = await client.line();
				if (!status.startsWith("HTTP/1.1 101 ")) return status;
				await client.line();
				return client;
			};
			return held.site(dial, () => goSilent(t, { port, says: request }));
		},
	};
}
