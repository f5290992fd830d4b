import { once } from "node:events";
import {
	type ClientHttp2Session,
	connect,
	createSecureServer,
	createServer,
	type Http2ServerRequest,
	type Http2ServerResponse,
} from "node:http2";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import type { HostedService, ListeningServer } from "lastcall";
import { certificate } from "../support/certificate.ts";
import { WireClient } from "../support/http2-wire.ts";
import { goSilent } from "../support/silent-client.ts";
import { connectionsOf, kindOf as http1KindOf, secure } from "./http1.ts";
import type { Kind, Site, Work } from "./kind.ts";

type Listener = (request: Http2ServerRequest, response: Http2ServerResponse) => void;

/** `http2.createServer`, with Node's own client. */
export const h2c: Kind = kindOf("HTTP/2 (cleartext)", "http", (listener) => createServer(listener));

/** `http2.createSecureServer`. */
export const h2: Kind = kindOf("HTTP/2 (TLS)", "https", (listener) => createSecureServer({ ...certificate }, listener));

const both = (listener: Listener): ListeningServer =>
	createSecureServer({ ...certificate, allowHTTP1: true }, listener);

/** The two protocols of `allowHTTP1`. */
export const h2OfBoth: Kind = kindOf("HTTP/2 with allowHTTP1: HTTP/2", "https", both);
export const http1OfBoth: Kind = http1KindOf(
	"HTTP/2 with allowHTTP1: HTTP/1.1",
	(listener) => both(listener as unknown as Listener),
	secure,
);

function kindOf(name: string, scheme: "http" | "https", create: (listener: Listener) => ListeningServer): Kind {
	return {
		name,
		idleOutcome: /^goaway 0$/,
		newOutcome: /^refused$/,
		inFlight: /^web GET \/held true$/m,
		cutOutcome: /^ERR_HTTP2_SESSION_ERROR$/,
		open: (t, service) => open(t, service, scheme, create),
	};
}

async function open(
	t: TestContext,
	service: HostedService,
	scheme: "http" | "https",
	create: (listener: Listener) => ListeningServer,
): Promise<Site> {
	const held: Http2ServerResponse[] = [];
	const server = create((request, response) => {
		if (request.url === "/held") held.push(response);
		else response.end("whole");
		server.emit("handed");
	});
	await service.listen("web", server, { port: 0, host: "127.0.0.1" });
	const { port } = server.address() as AddressInfo;
	const dial = (): ClientHttp2Session => {
		const session = connect(`${scheme}://127.0.0.1:${port}`, { rejectUnauthorized: false });
		session.on("error", () => {});
		t.after(() => session.destroy());
		return session;
	};
	const begin = async (session: ClientHttp2Session, handed: Promise<unknown>): Promise<Work> => {
		const outcome = ask(session, "/held");
		await handed;
		let response: Http2ServerResponse | undefined;
		return {
			finish: () => {
				response ??= held.shift();
				response?.end("whole");
			},
			outcome,
			// Held until GOAWAY: the program gets it only then.
			more: () => begin(session, once(session, "goaway")),
		};
	};
	return {
		begin: () => begin(dial(), once(server, "handed")),
		idle: async () => {
			const session = dial();
			await ask(session, "/");
			return { outcome: once(session, "goaway").then(([code]) => `goaway ${code}`) };
		},
		silent: () => goSilent(t, { port, says: WireClient.hello("/"), ...(scheme === "https" && { tls: ["h2"] }) }),
		connectAnew: () => ask(dial(), "/"),
		isGone: async () => !server.listening && (await connectionsOf(server)) === 0,
	};
}

/** Sends a request on a session. Resolves to the text, or to how the stream ended instead. */
function ask(session: ClientHttp2Session, path: string): Promise<string> {
	return new Promise((resolve) => {
		const stream = session.request({ ":path": path });
		let text = "";
		let failure: string | undefined;
		stream.setEncoding("utf8").on("data", (part: string) => {
			text += part;
		});
		stream.on("error", ({ code, cause }: NodeJS.ErrnoException) => {
			const isRefused = (cause as NodeJS.ErrnoException | undefined)?.code === "ECONNREFUSED";
			failure = isRefused ? "refused" : String(code);
		});
		stream.on("close", () => resolve(failure ?? (text || `closed with ${stream.rstCode}`)));
	});
}
