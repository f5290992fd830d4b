import { once } from "node:events";
import type { Server, Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { HostedService } from "lastcall";
import type { Site, Work } from "./kind.ts";
import type { LineClient } from "./line-client.ts";

/** The held lines of a program with a line protocol: `held` is answered when the test lets it, every other line at once. */
export class HeldLines {
	readonly #service: HostedService;
	readonly #held: (() => void)[] = [];
	readonly #server: Server;

	constructor(service: HostedService, server: Server) {
		this.#service = service;
		this.#server = server;
	}

	/** The program's side of a connection. */
	readonly serve = (socket: Duplex): void => {
		// The hard stop may cause an error on it, which is expected.
		socket.on("error", () => {});
		socket.on("data", (bytes: Buffer) => {
			for (const line of bytes.toString("latin1").split("\n").filter(Boolean)) this.#heard(socket, line);
		});
	};

	/**
	 * A site whose clients are opened by `open`, which resolves to a client that is ready, or to what it got instead.
	 * @param silent as {@link Site.silent}
	 */
	site(open: () => Promise<LineClient | string>, silent: () => Promise<void>): Site {
		const ready = async (): Promise<LineClient> => {
			const client = await open();
			if (typeof client === "string") throw new Error(`not served: ${client}`);
			return client;
		};
		return {
			begin: async () => this.#begin(await ready()),
			idle: async () => {
				const client = await ready();
				client.say("hello");
				await client.line();
				return { outcome: client.line() };
			},
			silent,
			connectAnew: async () => {
				const client = await open();
				if (typeof client === "string") return client;
				client.say("hello");
				const line = await client.line();
				client.socket.destroy();
				return line;
			},
			isGone: async () => !this.#server.listening && (await connectionsOf(this.#server)) === 0,
		};
	}

	async #begin(client: LineClient): Promise<Work> {
		const handed = once(this.#server, "held");
		client.say("held");
		await handed;
		const finish = this.#held.pop();
		return {
			finish: () => finish?.(),
			outcome: client.line(),
			more: () => this.#begin(client),
		};
	}

	#heard(socket: Duplex, line: string): void {
		if (line !== "held") {
			socket.write("whole\n");
			return;
		}
		const done = this.#service.enter(socket, "held");
		this.#held.push(() => {
			socket.write("whole\n");
			done();
		});
		this.#server.emit("held");
	}
}

function connectionsOf(server: Server): Promise<number> {
	return new Promise((resolve, reject) => server.getConnections((error, n) => (error ? reject(error) : resolve(n))));
}

/** Resolves to true when a socket is connected, and to false if it can't connect. */
export function connected(socket: Socket, event: "connect" | "secureConnect"): Promise<boolean> {
	return new Promise((resolve) => {
		socket.on(event, () => resolve(true));
		socket.on("close", () => resolve(false));
	});
}
