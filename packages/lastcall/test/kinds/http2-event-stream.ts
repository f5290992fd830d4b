import { once } from "node:events";
import {
	type ClientHttp2Session,
	type ClientHttp2Stream,
	connect,
	createSecureServer,
	createServer,
	type Http2ServerRequest,
	type Http2ServerResponse,
} from "node:http2";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import type { HostedService, Http2Server } from "lastcall";
import { certificate } from "../support/certificate.ts";
import { WireClient } from "../support/http2-wire.ts";
import { goSilent } from "../support/silent-client.ts";
import { readEvents } from "./event-stream.ts";
import { connectionsOf } from "./http1.ts";
import type { Kind, Site, Work } from "./kind.ts";

type Listener = (request: Http2ServerRequest, response: Http2ServerResponse) => void;
type Create = (listener: Listener) => Http2Server;

/** Server-sent events over HTTP/2, from handlers that know nothing of the shutdown. */
export const h2cEventStream: Kind = kindOf("cleartext", "http", (listener) => createServer(listener));
export const h2EventStream: Kind = kindOf("TLS", "https", (listener) => createSecureServer(certificate, listener));

function kindOf(which: string, scheme: "http" | "https", create: Create): Kind {
	return {
		name: `event stream over HTTP/2 (${which})`,
		idleOutcome: /^goaway 0, ended$/,
		newOutcome: /^refused$/,
		inFlight: /^web GET \/held true$/m,
		cutOutcome: /^ERR_HTTP2_SESSION_ERROR$/,
		cannot: { "the deadline cuts work": "it is ended after an event before" },
		open: (t, service) => open(t, service, scheme, create),
	};
}

async function open(t: TestContext, service: HostedService, scheme: string, create: Create): Promise<Site> {
	const held: Http2ServerResponse[] = [];
	const server = create((request, response) => {
		response.writeHead(200, { "Content-Type": "text/event-stream" });
		response.write("data: welcome\n\n");
		if (request.url === "/held") held.push(response);
	});
	await service.listen("web", server, { port: 0, host: "127.0.0.1" });
	const { port } = server.address() as AddressInfo;
	const dial = (): ClientHttp2Session => {
		const session = connect(`${scheme}://127.0.0.1:${port}`, { rejectUnauthorized: false });
		session.on("error", () => {});
		t.after(() => session.destroy());
		return session;
	};
	const ask = (session: ClientHttp2Session, path: string): ClientHttp2Stream =>
		session.request({ ":path": path, accept: "text/event-stream" });
	const begin = async (session: ClientHttp2Session): Promise<Work> => {
		const { began, outcome } = readEvents(ask(session, "/held"));
		await began;
		const response = held.pop();
		return { finish: () => void response?.write("data: whole\n\n"), outcome, more: () => begin(session) };
	};
	return {
		begin: () => begin(dial()),
		idle: async () => {
			const session = dial();
			const goaway = once(session, "goaway");
			const { began, outcome } = readEvents(ask(session, "/idle"));
			await began;
			return { outcome: Promise.all([goaway, outcome]).then(([[code], how]) => `goaway ${code}, ${how}`) };
		},
		silent: () =>
			goSilent(t, {
				port,
				says: WireClient.hello("/idle", "text/event-stream"),
				...(scheme === "https" && { tls: ["h2"] }),
			}),
		connectAnew: async () => {
			const stream = ask(dial(), "/new");
			try {
				await once(stream, "response");
				stream.close();
				return "whole";
			} catch (error) {
				const { cause, code } = error as NodeJS.ErrnoException;
				return (cause as NodeJS.ErrnoException | undefined)?.code === "ECONNREFUSED" ? "refused" : String(code);
			}
		},
		isGone: async () => !server.listening && (await connectionsOf(server)) === 0,
	};
}
