import { createServer, get, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Readable } from "node:stream";
import type { TestContext } from "node:test";
import type { HostedService } from "lastcall";
import { getRequest, goSilent } from "../support/silent-client.ts";
import type { Kind, Site } from "./kind.ts";

/** Server-sent events, from a handler that uses drainSignalFor(). */
export const eventStreamWithSignal: Kind = kindOf("event stream, with its signal", true);

/** Server-sent events, from a handler that knows nothing of the shutdown. */
export const eventStream: Kind = kindOf("event stream", false);

function kindOf(name: string, listens: boolean): Kind {
	return {
		name,
		idleOutcome: /^ended$/,
		newOutcome: /^refused$/,
		inFlight: /^web GET \/held true$/m,
		cutOutcome: /^ECONNRESET$/,
		cannot: {
			"work begun while draining finishes": "one stream on a connection",
			"the deadline cuts work": "it is ended after an event before",
		},
		open: (t, service) => open(t, service, listens),
	};
}

async function open(t: TestContext, service: HostedService, listens: boolean): Promise<Site> {
	const held: ServerResponse[] = [];
	const server = createServer((request, response) => {
		response.writeHead(200, { "Content-Type": "text/event-stream" });
		response.write("data: welcome\n\n");
		if (request.url === "/held") held.push(response);
		if (listens)
			service.drainSignalFor(response).addEventListener("abort", () => request.url === "/held" || response.end());
	});
	await service.listen("web", server, { port: 0, host: "127.0.0.1" });
	const { port } = server.address() as AddressInfo;
	const ask = (path: string): Promise<IncomingMessage> =>
		new Promise((resolve, reject) => {
			const request = get(
				{ host: "127.0.0.1", port, path, agent: false, headers: { accept: "text/event-stream" } },
				resolve,
			);
			request.on("error", reject);
			t.after(() => request.destroy());
		});
	return {
		begin: async () => {
			const stream = await ask("/held");
			const { began, outcome } = readEvents(stream);
			await began;
			const response = held.pop();
			const finish = (): void => {
				response?.write("data: whole\n\n");
				if (listens) response?.end();
			};
			return { finish, outcome };
		},
		idle: async () => ({ outcome: readEvents(await ask("/idle")).outcome }),
		silent: () => goSilent(t, { port, says: getRequest("/idle", "Accept: text/event-stream") }),
		connectAnew: async () => {
			try {
				const stream = await ask("/new");
				stream.destroy();
				return "whole";
			} catch (error) {
				return (error as NodeJS.ErrnoException).code === "ECONNREFUSED" ? "refused" : String(error);
			}
		},
		isGone: async () => !server.listening && (await connectionsOf(server)) === 0,
	};
}

/** The outcome is `whole` if the last event says so and the stream ends after it; `ended` if it ends otherwise. */
export function readEvents(stream: Readable): { readonly began: Promise<void>; readonly outcome: Promise<string> } {
	let text = "";
	const began = new Promise<void>((resolve) => {
		stream.setEncoding("utf8").on("data", (piece: string) => {
			text += piece;
			resolve();
		});
	});
	const outcome = new Promise<string>((resolve) => {
		stream.on("error", ({ code, message }: NodeJS.ErrnoException) => resolve(code ?? message));
		stream.on("end", () => resolve(/data: whole\n\n(retry: \d+\n+)?$/.test(text) ? "whole" : "ended"));
	});
	return { began, outcome };
}

function connectionsOf(server: ReturnType<typeof createServer>): Promise<number> {
	return new Promise((resolve, reject) => server.getConnections((error, n) => (error ? reject(error) : resolve(n))));
}
