import { once } from "node:events";
import { Agent, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import type { HostedService } from "lastcall";
import { Server } from "socket.io";
import { type Socket as Client, io } from "socket.io-client";
import { getRequest, goSilent, webSocketRequest } from "../support/silent-client.ts";
import type { Kind, Site, Work } from "./kind.ts";

/** Socket.IO over a WebSocket. */
export const socketIo: Kind = kindOf("socket.io", "websocket");

/** Socket.IO over long polling. */
const { silentName: _, ...polling } = kindOf("socket.io, polling", "polling");
// Its server ends it when no connection of the HTTP server is left.
export const socketIoPolling: Kind = polling;

function kindOf(name: string, transport: "websocket" | "polling"): Kind {
	return {
		name,
		// Its clients connect again by themselves after this.
		idleOutcome: /^transport close$/,
		newOutcome: /^refused$/,
		inFlight: /^chat Socket\.IO \/socket\.io\/: held true$/m,
		cutOutcome: /^transport (close|error)$/,
		silentName: /^chat Socket\.IO \/socket\.io\/$/,
		open: (t, service) => open(t, service, transport),
	};
}

async function open(t: TestContext, service: HostedService, transport: "websocket" | "polling"): Promise<Site> {
	const server = createServer();
	const chat = service.serve("chat", new Server(server));
	const held: (() => void)[] = [];
	chat.on("connection", (socket) => {
		socket.on("held", (answer: (word: string) => void) => {
			held.push(() => answer("whole"));
			server.emit("held");
		});
	});
	await service.listen("web", server, { port: 0, host: "127.0.0.1" });
	const { port } = server.address() as AddressInfo;
	const path = `/socket.io/?EIO=4&transport=${transport}`;
	const says = transport === "polling" ? getRequest(path) : webSocketRequest(path);
	const connect = (): Client => {
		// As browsers do.
		const agent = new Agent({ keepAlive: true });
		const options = { transports: [transport], reconnection: false, forceNew: true, agent: agent as never };
		const client = io(`http://127.0.0.1:${port}`, options);
		t.after(() => {
			client.disconnect();
			agent.destroy();
		});
		return client;
	};
	const opened = async (): Promise<Client> => {
		const client = connect();
		await new Promise<void>((resolve) => client.once("connect", resolve));
		return client;
	};
	const begin = async (client: Client): Promise<Work> => {
		const handed = once(server, "held");
		const answer = new Promise<string>((resolve) => client.emit("held", resolve));
		await handed;
		const finish = held.pop();
		return { finish: () => finish?.(), outcome: Promise.race([answer, endOf(client)]), more: () => begin(client) };
	};
	return {
		begin: async () => begin(await opened()),
		idle: async () => ({ outcome: endOf(await opened()) }),
		silent: () => goSilent(t, { port, says }),
		connectAnew: () => welcomeOf(connect()),
		isGone: async () => !server.listening && chat.engine.clientsCount === 0,
	};
}

function endOf(client: Client): Promise<string> {
	return new Promise((resolve) => client.once("disconnect", (reason) => resolve(reason)));
}

function welcomeOf(client: Client): Promise<string> {
	return new Promise((resolve) => {
		client.once("connect", () => resolve("whole"));
		client.once("connect_error", () => resolve("refused"));
	});
}
