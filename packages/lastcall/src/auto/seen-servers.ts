import { subscribe } from "node:diagnostics_channel";
import { Server as HttpServer } from "node:http";
import type { Server, Socket } from "node:net";
import type { Warning } from "../core/warning.ts";
import { describeAddress, schemeOf } from "../servers/address.ts";
import { isHttpServer } from "../servers/http1/http-server.ts";
import { isHttp2Server } from "../servers/http2/http2-server.ts";
import { countClaims } from "../servers/listening/served-servers.ts";
import { addListening, listeningServers } from "../servers/listening-servers.ts";
import type { HowNetDrains } from "../servers/peers/protocol-options.ts";
import type { RootService } from "../service/root-service.ts";
import { HeldCloses } from "./held-closes.ts";

/** A socket that a server has accepted, as Node.js has it. `_parent` is what a TLS socket was made of. Neither is documented. */
interface AcceptedSocket extends Socket {
	readonly server?: unknown;
	readonly _parent?: AcceptedSocket | null;
}

/** The servers that the program makes listen. Each is drained, unless the program has given it to a service. */
export class SeenServers {
	readonly #service: RootService;
	readonly #drainsNet: boolean;
	/** Those that were served, with what gives them up. */
	readonly #served = new WeakMap<Server, () => void>();
	/** The servers of a protocol that lastcall does not know. */
	readonly #raw = new WeakSet<object>();
	readonly #closes = new HeldCloses();
	#isWatchingRequests = false;

	constructor(service: RootService, drainsNet: boolean) {
		this.#service = service;
		this.#drainsNet = drainsNet;
	}

	/** Begins to serve a server that listens. */
	add(server: Server): void {
		// For the first one, lastcall was loaded.
		addListening(server);
		if (isHttpServer(server) || isHttp2Server(server)) this.#serve(server);
		else if (this.#drainsNet) this.#serve(server, { inFlight: "work" });
		else {
			this.#raw.add(server);
			this.#watchRequests();
		}
	}

	/** The shutdown has just begun: the program does not notice that its servers are closed, until `giveClosesBack()`. */
	holdCloses(): void {
		this.#closes.hold(listeningServers().filter((server) => this.#served.has(server)));
	}

	/** The program may close its servers itself now. */
	giveClosesBack(): void {
		this.#closes.giveBack();
	}

	/** Gives all servers up: the program has begun to shut down by itself. */
	giveUp(): void {
		for (const server of listeningServers()) this.#served.get(server)?.();
	}

	/** Warns of the servers that listen and are not drained, as nothing is known of their protocol. Those on pipes are the program's own affair. */
	warnOfOthers(warn: (warning: Warning) => void): void {
		for (const server of listeningServers()) {
			if (!this.#raw.has(server) || this.#served.has(server) || typeof server.address() === "string") continue;
			const message =
				`${describeAddress(server)} is not drained, as its protocol is not known, and what is in flight on it will be cut; ` +
				"LASTCALL_AUTO_NET=on drains it";
			warn({ code: "unregistered-server", message });
		}
	}

	#serve(server: Server, protocol?: HowNetDrains): void {
		if (this.#served.has(server)) return;
		const address = server.address();
		const port = typeof address === "object" && address !== null ? ` :${address.port}` : "";
		const name = `${schemeOf(server)}${port}`;
		const giveUp = this.#service.serveQuietly(name, server, protocol);
		if (giveUp === undefined) {
			if (countClaims(server) === 0) this.#warnOfLateServer(server);
			return;
		}
		this.#served.set(server, giveUp);
		if (server.listening) {
			this.#service.state.emit({ type: "listening", name, address: describeAddress(server) });
		}
	}

	#warnOfLateServer(server: Server): void {
		const message = `a server listens on ${describeAddress(server)} since the drain began: it is not drained, and its requests will be cut`;
		this.#service.state.warn({ code: "unregistered-server", message });
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
			if (this.#served.has(server) || !(server instanceof HttpServer)) return;
			this.#serve(server);
			const listener = [socket.server, socket._parent?.server].find((one) => this.#raw.has(one as object));
			if (listener !== undefined) this.#serve(listener as Server, { inFlight: "nothing" });
		});
	}
}
