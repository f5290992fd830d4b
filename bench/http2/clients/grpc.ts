import { credentials, makeGenericClientConstructor, type ServiceError, status } from "@grpc/grpc-js";
import { type Http2Client, Outcomes, SESSIONS, STREAMS } from "../client.ts";
import { echo } from "../echo.ts";

const Client = makeGenericClientConstructor(echo, "Echo");
type EchoClient = InstanceType<typeof Client>;

/** Unary calls. The channel retries those that the server has refused. */
export const grpc: Http2Client = {
	name: "@grpc/grpc-js",
	server: "grpc",
	start: async (port) => {
		const all = new Outcomes();
		// Without a pool for each client they would share one connection.
		const options = { "grpc.use_local_subchannel_pool": 1 };
		const clients = Array.from(
			{ length: SESSIONS },
			() => new Client(`127.0.0.1:${port}`, credentials.createInsecure(), options),
		);
		const load = async (): Promise<Outcomes> => {
			await Promise.all(clients.flatMap((client) => Array.from({ length: STREAMS }, () => calls(client, all))));
			for (const client of clients) client.close();
			return all;
		};
		return { ended: load() };
	},
};

async function calls(client: EchoClient, all: Outcomes): Promise<void> {
	for (;;) {
		const error = await new Promise<ServiceError | null>((resolve) => {
			client.say?.("hello", (error: ServiceError | null) => resolve(error));
		});
		if (error === null) {
			all.answered++;
			continue;
		}
		const isGone = error.code === status.UNAVAILABLE && error.details.includes("ECONNREFUSED");
		if (!isGone) all.fail(`${status[error.code]}: ${error.details}`);
		return;
	}
}
