import { once } from "node:events";
import { Agent as PlainAgent, request as plainRequest, type RequestListener, type ServerResponse } from "node:http";
import { Agent as TlsAgent, request as tlsRequest } from "node:https";
import type { TestContext } from "node:test";
import type { HostedService, ListeningServer } from "lastcall";
import * as servers from "../support/http-kinds.ts";
import { isRefused, loopback, type Place, unixSocket } from "../support/place.ts";
import { getRequest, goSilent } from "../support/silent-client.ts";
import type { Kind, Site, Work } from "./kind.ts";

/** `node:http`, with Node's own client. */
export const http: Kind = kindOf("node:http", createPlain, plain);
export const httpThroughUnixSocket: Kind = kindOf("node:http", createPlain, plain, unixSocket);

/** `node:https`. */
export const https: Kind = kindOf("node:https", createSecure, secure);
export const httpsThroughUnixSocket: Kind = kindOf("node:https", createSecure, secure, unixSocket);

interface Client {
	readonly request: typeof plainRequest;
	readonly agent: () => PlainAgent;
	/** Over TLS: the protocols that it offers. */
	readonly tls?: readonly string[];
}

function plain(): Client {
	return { request: plainRequest, agent: () => new PlainAgent({ keepAlive: true, maxSockets: 1 }) };
}

/** Clients over TLS. */
export function secure(): Client {
	const agent = (): PlainAgent => new TlsAgent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false });
	return { request: tlsRequest, agent, tls: ["http/1.1"] };
}

function createPlain(listener: RequestListener): ListeningServer {
	return servers.http.createServer({}, listener);
}

function createSecure(listener: RequestListener): ListeningServer {
	return servers.https.createServer({}, listener);
}

/** A kind whose clients speak HTTP/1.1. */
export function kindOf(
	name: string,
	create: (listener: RequestListener) => ListeningServer,
	client: () => Client,
	place: Place = loopback,
): Kind {
	return {
		name: name + place.suffix,
		idleOutcome: /^closed$/,
		newOutcome: /^refused$/,
		inFlight: /^web GET \/held true$/m,
		cutOutcome: /^ECONNRESET$/,
		cannot: { "work begun while draining finishes": "one request at a time; pipelined ones have their own tests" },
		open: (t, service) => open(t, service, create, client(), place),
	};
}

async function open(
	t: TestContext,
	service: HostedService,
	create: (listener: RequestListener) => ListeningServer,
	{ request, agent: newAgent, tls }: Client,
	place: Place,
): Promise<Site> {
	const held: ServerResponse[] = [];
	const server = create((req, res) => {
		if (req.url === "/held") held.push(res);
		else res.end("whole");
		server.emit("handed");
	});
	await service.listen("web", server, place.free(t));
	const address = place.addressOf(server);
	const to = "path" in address ? { socketPath: address.path } : address;
	const agents: PlainAgent[] = [];
	t.after(() => {
		for (const agent of agents) agent.destroy();
	});
	const agentOf = (): PlainAgent => {
		const agent = newAgent();
		agents.push(agent);
		return agent;
	};
	const ask = (path: string, agent: PlainAgent): Promise<string> =>
		new Promise((resolve) => {
			const outgoing = request({ ...to, path, agent }, (response) => {
				let text = "";
				response.setEncoding("utf8").on("data", (part: string) => {
					text += part;
				});
				response.on("error", (error: NodeJS.ErrnoException) => resolve(String(error.code)));
				response.on("end", () => resolve(response.statusCode === 200 ? text : String(response.statusCode)));
			});
			outgoing.on("error", ({ code }: NodeJS.ErrnoException) => resolve(isRefused(code) ? "refused" : String(code)));
			outgoing.end();
		});
	const begin = async (): Promise<Work> => {
		const handed = once(server, "handed");
		const outcome = ask("/held", agentOf());
		await handed;
		const response = held.shift();
		return { finish: () => void response?.end("whole"), outcome };
	};
	return {
		begin,
		idle: async () => {
			const agent = agentOf();
			await ask("/", agent);
			const [socket] = Object.values(agent.freeSockets).flatMap((sockets) => sockets ?? []);
			if (socket === undefined) throw new Error("the connection was not kept alive");
			return { outcome: once(socket, "close").then(() => "closed") };
		},
		silent: () => goSilent(t, { ...address, says: getRequest("/"), ...(tls && { tls }) }),
		connectAnew: () => ask("/", agentOf()),
		isGone: async () => !server.listening && (await connectionsOf(server)) === 0,
	};
}

/** How many connections a server has. */
export function connectionsOf(server: ListeningServer): Promise<number> {
	return new Promise((resolve, reject) => server.getConnections((error, n) => (error ? reject(error) : resolve(n))));
}
