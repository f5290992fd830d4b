import { EventEmitter, once } from "node:events";
import type { TestContext } from "node:test";
import {
	ChannelCredentials,
	Client,
	connectivityState,
	Server,
	ServerCredentials,
	type ServerUnaryCall,
	type sendUnaryData,
	status,
} from "@grpc/grpc-js";
import type { HostedService } from "lastcall";
import { echo } from "../support/echo-service.ts";
import { WireClient } from "../support/http2-wire.ts";
import { goSilent } from "../support/silent-client.ts";
import type { Kind, Site, Work } from "./kind.ts";

/** `@grpc/grpc-js`, with its own client. */
export const grpc: Kind = kindOf("gRPC (@grpc/grpc-js)", false);

/** The same, served before its port is bound. */
export const grpcServedFirst: Kind = kindOf("gRPC, served before bindAsync", true);

function kindOf(name: string, servedFirst: boolean): Kind {
	return {
		name,
		idleOutcome: /^IDLE$/,
		newOutcome: /^UNAVAILABLE$/,
		inFlight: /^rpc POST \/test\.Echo\/unary true$/m,
		cutOutcome: /^(UNAVAILABLE|INTERNAL)$/,
		open: (t, service) => open(t, service, servedFirst),
	};
}

async function open(t: TestContext, service: HostedService, servedFirst: boolean): Promise<Site> {
	const held: sendUnaryData<string>[] = [];
	const calls = new EventEmitter();
	const server = new Server();
	server.addService(echo, {
		unary: ({ request }: ServerUnaryCall<string, string>, answer: sendUnaryData<string>) => {
			if (request === "hold") held.push(answer);
			else answer(null, "whole");
			calls.emit("handed");
		},
	});
	if (servedFirst) service.serve("rpc", server);
	const port = await new Promise<number>((resolve, reject) => {
		server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
			error === null ? resolve(bound) : reject(error),
		);
	});
	if (!servedFirst) service.serve("rpc", server);
	const dial = (): Client => {
		// Without this, all clients of the process share one connection.
		const client = new Client(`127.0.0.1:${port}`, ChannelCredentials.createInsecure(), {
			"grpc.use_local_subchannel_pool": 1,
		});
		t.after(() => client.close());
		return client;
	};
	const begin = async (client: Client): Promise<Work> => {
		const outcome = ask(client, "hold");
		await once(calls, "handed");
		return { finish: () => held.shift()?.(null, "whole"), outcome, more: () => begin(client) };
	};
	return {
		begin: () => begin(dial()),
		idle: async () => {
			const client = dial();
			await ask(client, "now");
			return { outcome: nextState(client) };
		},
		silent: () => goSilent(t, { port, says: WireClient.hello("/") }),
		connectAnew: () => ask(dial(), "now"),
		isGone: async () => openServers(server) === 0,
	};
}

function ask(client: Client, request: string): Promise<string> {
	const { path, requestSerialize, responseDeserialize } = echo.unary;
	return new Promise((resolve) => {
		client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, (error, answer) =>
			resolve(error === null ? String(answer) : (status[error.code] ?? error.message)),
		);
	});
}

/** The name of the state of a client's channel once it is no longer ready. */
function nextState(client: Client): Promise<string> {
	const channel = client.getChannel();
	return new Promise((resolve) => {
		channel.watchConnectivityState(connectivityState.READY, Number.POSITIVE_INFINITY, () =>
			resolve(String(connectivityState[channel.getConnectivityState(false)])),
		);
	});
}

/** gRPC forgets each server that has closed, with all its connections. */
function openServers(server: Server): number {
	return (server as unknown as { http2Servers: Map<unknown, unknown> }).http2Servers.size;
}
