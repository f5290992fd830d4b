import { Server } from "node:http";
import type { Socket } from "node:net";
import type { Drainable, DrainOptions, InFlight } from "../../core/drainable.ts";
import type { Failure } from "../../core/stop-reason.ts";
import type { Warning } from "../../core/warning.ts";
import { claim } from "../answers/claimed.ts";
import { httpDrain } from "../http1/http-server.ts";
import type { NameRequest } from "../listening/request-name.ts";
import { introduce } from "./peer.ts";
import { Peers } from "./peers.ts";
import { type WebSocketLike, WebSocketPeer } from "./web-socket-peer.ts";

/** A `WebSocketServer` of the package `ws`, however it is attached: what tells it from other servers. */
export interface WebSocketServerLike {
	readonly options: object;
	handleUpgrade: unknown;
	close: unknown;
}

/** What else is needed of it. */
interface WsServer {
	/** Missing with `clientTracking: false`. */
	readonly clients?: ReadonlySet<WebSocketLike>;
	readonly options: { readonly noServer?: boolean; readonly port?: number | null };
	/** Of one with a port of its own. Not documented; without it, the server's own `close()` has to do. */
	readonly _server?: unknown;
	prependListener(event: "connection", listener: (webSocket: WebSocketLike, upgrade: Upgrade) => void): unknown;
	close(): void;
}

/** Reports whether `server` is one that `WebSocketDrain` can drain. */
export function isWebSocketServer(server: unknown): server is WebSocketServerLike {
	const { options, handleUpgrade, close } = (server ?? {}) as Partial<WebSocketServerLike>;
	return typeof options === "object" && typeof handleUpgrade === "function" && typeof close === "function";
}

interface Upgrade {
	readonly url?: string | undefined;
	readonly socket: Socket;
}

/** Closes every WebSocket of a server with 1001 and waits for the closing handshake. */
export class WebSocketDrain implements Drainable {
	readonly name: string;
	readonly #server: WsServer;
	readonly #nameRequest: NameRequest;
	readonly #peers = new Peers();
	readonly #known = new WeakSet<WebSocketLike>();
	/** The HTTP server, where the WebSocket server has made its own. */
	readonly #door: Drainable | undefined;
	#closed: Promise<void> | undefined;

	constructor(name: string, webSockets: WebSocketServerLike, nameRequest: NameRequest) {
		this.name = name;
		this.#nameRequest = nameRequest;
		const server = webSockets as unknown as WsServer;
		this.#server = server;
		const { _server: own } = server;
		if (typeof server.options.port === "number" && own instanceof Server)
			this.#door = httpDrain(name, own, nameRequest);
		this.#watch();
		// It stays: an upgrade may be completed when all the others are gone.
		server.prependListener("connection", (webSocket, { url, socket }) => this.#add(webSocket, url, socket));
	}

	inFlight(): InFlight[] {
		this.#watch();
		return [...(this.#door?.inFlight() ?? []), ...this.#peers.inFlight()];
	}

	stopping(warn: (warning: Warning) => void): void {
		this.#door?.stopping?.(warn);
	}

	async drain(how: DrainOptions): Promise<void> {
		this.#watch();
		const { noServer, port } = this.#server.options;
		const ownsListener = typeof port === "number";
		// Answers every further `handleUpgrade` with a whole 503. One that is attached to a server would stop to listen to
		// it, and leave upgrades to the handler of plain requests: there that server's own drain refuses them.
		const closed = noServer || (ownsListener && this.#door === undefined) ? this.#close() : undefined;
		await Promise.all([this.#door?.drain(how), this.#peers.drain(how)]);
		await closed;
		if (this.#door !== undefined) await this.#close();
	}

	cut(failed: (failure: Failure) => void): void {
		this.#door?.cut(failed);
		this.#peers.cut(failed);
	}

	release(): void {
		this.#door?.release?.();
	}

	/** Once: a second `close()` would emit a second `close`. Rejects with what it throws, so that all are told before that. */
	#close(): Promise<void> {
		if (this.#closed === undefined) {
			this.#closed = new Promise((resolve) => {
				this.#server.close();
				resolve();
			});
			// Handled when all have been told.
			this.#closed.catch(() => {});
		}
		return this.#closed;
	}

	/** Finds those that were open before, and those that the program has told no `connection` of. */
	#watch(): void {
		for (const webSocket of this.#server.clients ?? []) this.#add(webSocket, undefined, webSocket._socket);
	}

	#add(webSocket: WebSocketLike, url: string | undefined, socket: Socket | null | undefined): void {
		if (this.#known.has(webSocket)) return;
		this.#known.add(webSocket);
		const peer = new WebSocketPeer(this.name, this.#nameRequest({ as: "WebSocket", target: url }), webSocket);
		introduce(webSocket, peer);
		if (socket) claim(socket);
		this.#peers.add(peer);
		webSocket.on("close", () => this.#peers.remove(peer));
	}
}
