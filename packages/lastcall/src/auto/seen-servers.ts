import { subscribe } from "node:diagnostics_channel";
import { Server as HttpServer } from "node:http";
import type { Server, Socket } from "node:net";
import { schemeOf } from "../servers/address.ts";
import { isHttpServer } from "../servers/http1/http-server.ts";
import { isHttp2Server } from "../servers/http2/http2-server.ts";
import { countClaims } from "../servers/listening/served-servers.ts";
import { listeningServers } from "../servers/listening-servers.ts";
import type { ProtocolOptions } from "../servers/peers/protocol-options.ts";
import type { RootService } from "../service/root-service.ts";

/** A socket that a server has accepted, as Node.js has it. `_parent` is what a TLS socket was made of. Neither is documented. */
interface AcceptedSocket extends Socket {
	readonly server?: unknown;
	readonly _parent?: AcceptedSocket | null;
}

/** How a server that was seen is drained. */
interface HowSeen {
	readonly protocol?: ProtocolOptions;
	/** Its connections belong to other servers. */
	readonly isListenerOnly?: true;
}

/** The servers that the program makes listen. Each is drained by lastcall, unless something else in the program has given it to a service. */
export class SeenServers {
	readonly #service: RootService;
	readonly #drainsNet: boolean;
	/** Those that lastcall serves for the program, with what gives them up. */
	readonly #served = new WeakMap<Server, () => void>();
	/** The servers of a protocol that lastcall does not know. */
	readonly #raw = new WeakSet<object>();
	#isWatchingRequests = false;

	constructor(service: RootService, drainsNet: boolean) {
		this.#service = service;
		this.#drainsNet = drainsNet;
	}

	/** Begins to serve a server that listens. */
	add(server: Server): void {
		if (this.#served.has(server) || countClaims(server) > 0) return;
		if (isHttpServer(server) || isHttp2Server(server)) this.#serve(server, {});
		else if (this.#drainsNet) this.#serve(server, { protocol: { inFlight: "work" } });
		else {
			this.#raw.add(server);
			this.#watchRequests();
		}
	}

	/** Gives all servers up: the program has begun to shut down by itself. */
	giveUp(): void {
		for (const server of listeningServers()) this.#served.get(server)?.();
	}

	#serve(server: Server, how: HowSeen): void {
		const { protocol, isListenerOnly = false } = how;
		const address = server.address();
		const port = typeof address === "object" && address !== null ? ` :${address.port}` : "";
		const yields = (): void => void this.#served.delete(server);
		this.#service.serve(`${schemeOf(server)}${port}`, server as never, protocol);
		const release = () => {}; void isListenerOnly; void yields;
		this.#served.set(server, release);
	}

	/**
	 * A server of `net` may hand its connections to an HTTP server that listens nowhere. That shows at the first request. Only a
	 * program with such a server pays for the look at each request.
	 */
	#watchRequests(): void {
		if (this.#isWatchingRequests) return;
		this.#isWatchingRequests = true;
		subscribe("http.server.request.start", (message) => {
			const { server, socket } = message as { server: Server; socket: AcceptedSocket };
			if (this.#served.has(server) || countClaims(server) > 0 || !(server instanceof HttpServer)) return;
			this.#serve(server, {});
			const listener = [socket.server, socket._parent?.server].find((one) => this.#raw.has(one as object));
			if (listener !== undefined) this.#serve(listener as Server, { isListenerOnly: true });
		});
	}
}
