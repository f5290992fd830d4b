import { type AddressInfo, createServer as createNetServer } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import type { NetServer, ProtocolOptions } from "lastcall";
import { certificate, type Kind as HttpKind, http, https } from "../servers/kinds.ts";
import type { Kind } from "./kind.ts";
import { LineClient } from "./line-client.ts";
import { connected, HeldLines } from "./line-site.ts";
import { goSilent } from "./silent-client.ts";

/** A `net.Server` whose protocol has no word for goodbye. */
export const net: Kind = kindOf("node:net", http, () => createNetServer(), { inFlight: "work" }, /^closed$/);

/** A `tls.Server` likewise. */
export const tls: Kind = kindOf(
	"node:tls",
	https,
	() => createTlsServer(certificate),
	{ inFlight: "work" },
	/^closed$/,
);

/** A `net.Server` whose protocol has one. */
export const netWithGoodbye: Kind = kindOf(
	"node:net, with a goodbye",
	http,
	() => createNetServer(),
	{ goodbye: (socket) => socket.end("421 service is shutting down\n") },
	/^421 /,
	/^smtp connection from 127\.0\.0\.1:\d+$/,
);

function kindOf(
	name: string,
	{ connect, opened }: HttpKind,
	create: () => NetServer,
	protocol: ProtocolOptions,
	idleIsTold: RegExp,
	silentIsNamed?: RegExp,
): Kind {
	return {
		name,
		idleIsTold,
		newIsTold: /^refused$/,
		inFlight: /^smtp connection from 127\.0\.0\.1:\d+: held true$/m,
		cutIsTold: /^(closed|ECONNRESET)$/,
		...(silentIsNamed && { silentIsNamed }),
		open: async (t, service) => {
			const server = create();
			const held = new HeldLines(service, server);
			server.on(opened === "connect" ? "connection" : "secureConnection", held.serve);
			await service.listen("smtp", server, { port: 0, host: "127.0.0.1" }, protocol);
			const { port } = server.address() as AddressInfo;
			const dial = async (): Promise<LineClient | string> => {
				const client = new LineClient(t, connect(port));
				return (await connected(client.socket, opened)) ? client : client.ended;
			};
			const isTls = opened === "secureConnect";
			return held.site(dial, () => goSilent(t, { port, says: "hello\n", ...(isTls && { tls: [] }) }));
		},
	};
}
