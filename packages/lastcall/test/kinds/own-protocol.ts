import { connect, createServer as createNetServer, type Socket } from "node:net";
import { connect as connectTls, createServer as createTlsServer } from "node:tls";
import type { NetServer, ProtocolOptions } from "lastcall";
import { certificate } from "../support/certificate.ts";
import { type Address, loopback, type Place, unixSocket } from "../support/place.ts";
import { goSilent } from "../support/silent-client.ts";
import type { Kind } from "./kind.ts";
import { LineClient } from "./line-client.ts";
import { connected, HeldLines } from "./line-site.ts";

/** A server of a line protocol, and how its clients reach it. */
interface Transport {
	readonly createServer: () => NetServer;
	/** The event with which the server emits a connection that is ready. */
	readonly accepted: "connection" | "secureConnection";
	readonly connect: (address: Address) => Socket;
	readonly opened: "connect" | "secureConnect";
}

const plain: Transport = {
	createServer: () => createNetServer(),
	accepted: "connection",
	connect: (address) => connect({ ...address, allowHalfOpen: true }),
	opened: "connect",
};

const secure: Transport = {
	createServer: () => createTlsServer(certificate),
	accepted: "secureConnection",
	connect: (address) => {
		// `allowHalfOpen` is missing in the types of Node 20.
		const options = { ...address, servername: "localhost", allowHalfOpen: true, rejectUnauthorized: false };
		return connectTls(options);
	},
	opened: "secureConnect",
};

/** A `net.Server` whose protocol has no closing message. */
export const net: Kind = kindOf("node:net", plain, { inFlight: "work" }, /^closed$/);
export const netThroughUnixSocket: Kind = kindOf("node:net", plain, { inFlight: "work" }, /^closed$/, {
	place: unixSocket,
});

/** A `tls.Server` whose protocol has no closing message. */
export const tls: Kind = kindOf("node:tls", secure, { inFlight: "work" }, /^closed$/);
export const tlsThroughUnixSocket: Kind = kindOf("node:tls", secure, { inFlight: "work" }, /^closed$/, {
	place: unixSocket,
});

/** A `net.Server` whose protocol has a closing message. */
export const netWithClosingMessage: Kind = kindOf(
	"node:net, with a closing message",
	plain,
	{ closingMessage: (socket) => socket.end("421 service is shutting down\n") },
	/^421 /,
	{ silentName: /^smtp connection from 127\.0\.0\.1:\d+$/ },
);

function kindOf(
	name: string,
	{ createServer, accepted, connect, opened }: Transport,
	protocol: ProtocolOptions,
	idleOutcome: RegExp,
	{ silentName, place = loopback }: { readonly silentName?: RegExp; readonly place?: Place } = {},
): Kind {
	return {
		name: name + place.suffix,
		idleOutcome,
		newOutcome: /^refused$/,
		inFlight: new RegExp(`^smtp connection from ${place.client}: held true$`, "m"),
		cutOutcome: /^(closed|ECONNRESET)$/,
		...(silentName && { silentName }),
		open: async (t, service) => {
			const server = createServer();
			const held = new HeldLines(service, server);
			server.on(accepted, held.serve);
			await service.listen("smtp", server, place.free(t), protocol);
			const address = place.addressOf(server);
			const dial = async (): Promise<LineClient | string> => {
				const client = new LineClient(t, connect(address));
				return (await connected(client.socket, opened)) ? client : client.ended;
			};
			const isTls = opened === "secureConnect";
			return held.site(dial, () => goSilent(t, { ...address, says: "hello\n", ...(isTls && { tls: [] }) }));
		},
	};
}
