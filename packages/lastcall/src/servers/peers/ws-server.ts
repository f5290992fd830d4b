import { Server } from "node:http";
import type { Socket } from "node:net";
import type { Drainable, DrainOptions, InFlight } from "../../core/drainable.ts";
import type { Failure } from "../../core/stop-reason.ts";
import type { Warning } from "../../core/warning.ts";
import { httpDrain } from "../http1/http-server.ts";
import { noteUpgrade, type UpgradeNote, upgradeOf } from "../http1/upgrade.ts";
import type { HowDrained } from "../listening/how-drained.ts";
import type { NameRequest } from "../listening/request-name.ts";
import { handleElsewhere } from "../responses/handled-elsewhere.ts";
import { type NotedPeer, registeredPeer, registerPeer } from "./peer.ts";
import { Peers } from "./peers.ts";
import { CLOSED, type WebSocketLike, WebSocketPeer } from "./web-socket-peer.ts";

/** The part of a `WebSocketServer` of the package `ws` by which it is detected, however it is attached. */
export interface WebSocketServerLike {
	readonly options: object;
	handleUpgrade: unknown;
	close: unknown;
}

/** The other parts of it that are needed. */
interface WsServer {
	/** Missing with `clientTracking: false`. */
	readonly clients?: ReadonlySet<WebSocketLike>;
	readonly options: { readonly noServer?: boolean; readonly port?: number | null };
	/**
	 * The HTTP server of one with its own port. Not documented. Without it, only the `close()` of the `WebSocketServer` is
	 * called.
	 */
	readonly _server?: unknown;
	prependListener(event: "connection", listener: (webSocket: WebSocketLike, upgrade: Upgrade) => void): unknown;
	close(): void;
}

/** Returns true if `server` is one that `WebSocketDrain` can drain. */
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
	/** One for all WebSockets of a running service: the server itself knows which of them are open, and the socket its upgrade. */
	readonly #noted: NotedPeer = {
		makePeer: (webSocket: WebSocketLike) =>
			this.#makePeer(webSocket, webSocket._socket && upgradeOf(webSocket._socket)),
	};
	/** Drains the HTTP server, where the WebSocket server has its own. */
	readonly #http: Drainable | undefined;
	#isDraining = false;
	#closed: Promise<void> | undefined;

	constructor(name: string, webSockets: WebSocketServerLike, how: HowDrained) {
		this.name = name;
		this.#nameRequest = how.nameRequest;
		const server = webSockets as unknown as WsServer;
		this.#server = server;
		const { _server: own } = server;
		if (typeof server.options.port === "number" && own instanceof Server) this.#http = httpDrain(name, own, how);
		// Also those that another service has noted, which has given the server up.
		for (const webSocket of server.clients ?? []) this.#note(webSocket, undefined, webSocket._socket);
		// Never removed: an upgrade may be completed when all the others are gone.
		server.prependListener("connection", (webSocket, { url, socket }) => {
			if (registeredPeer(webSocket) === undefined) this.#note(webSocket, url, socket);
		});
	}

	inFlight(): InFlight[] {
		const now = performance.now();
		const noted = this.#noteOthers().map(({ _socket: socket }) => {
			const { target, startedAt = now } = (socket && upgradeOf(socket)) ?? {};
			return { name: this.name, what: this.#describe(target), ageMs: now - startedAt };
		});
		return [...(this.#http?.inFlight() ?? []), ...noted, ...this.#peers.inFlight()];
	}

	idleConnections(): number {
		return this.#http?.idleConnections?.() ?? 0;
	}

	/** The server's own listener holds this drain for as long as a client may come. */
	isAtRest(): boolean {
		return this.#noteOthers().length === 0 && this.#peers.size === 0 && (this.#http?.isAtRest?.() ?? true);
	}

	isUnused(): boolean {
		return this.#http?.isUnused?.() ?? false;
	}

	stopping(warn: (warning: Warning) => void): void {
		this.#http?.stopping?.(warn);
	}

	async drain(how: DrainOptions): Promise<void> {
		this.#makePeers();
		const { noServer, port } = this.#server.options;
		const ownsListener = typeof port === "number";
		// From its `close()` on, `handleUpgrade` sends a complete 503. Not for one that is attached to a server: it would remove
		// its listener, so that the handler of plain requests would get upgrades. There, the drain of that server refuses them.
		const closed = noServer || (ownsListener && this.#http === undefined) ? this.#close() : undefined;
		await Promise.all([this.#http?.drain(how), this.#peers.drain(how)]);
		await closed;
		if (this.#http !== undefined) await this.#close();
	}

	cut(failed: (failure: Failure) => void): void {
		this.#makePeers();
		this.#http?.cut(failed);
		this.#peers.cut(failed);
	}

	release(): void {
		this.#http?.release?.();
	}

	/** Only once: a second `close()` would emit a second `close`. Rejects with what it throws, after all peers were closed. */
	#close(): Promise<void> {
		if (this.#closed === undefined) {
			this.#closed = new Promise((resolve) => {
				this.#server.close();
				resolve();
			});
			// `drain` awaits it later.
			this.#closed.catch(() => {});
		}
		return this.#closed;
	}

	/** Returns those that have no peer. Notes those for which the program has emitted no `connection`. */
	#noteOthers(): WebSocketLike[] {
		const noted: WebSocketLike[] = [];
		for (const webSocket of this.#server.clients ?? []) {
			if (registeredPeer(webSocket) === undefined) this.#note(webSocket, undefined, webSocket._socket);
			if (registeredPeer(webSocket) === this.#noted && webSocket.readyState !== CLOSED) noted.push(webSocket);
		}
		return noted;
	}

	/** Notes a WebSocket. It gets its peer when that is needed: while draining, for its work, and where the server does not know its clients. */
	#note(webSocket: WebSocketLike, target: string | undefined, socket: Socket | null | undefined): void {
		if (socket) {
			handleElsewhere(socket);
			noteUpgrade(socket, target);
		}
		registerPeer(webSocket, this.#noted);
		const isFoundLater = socket && webSocket._socket === socket && this.#server.clients !== undefined;
		if (this.#isDraining || !isFoundLater) this.#makePeer(webSocket, socket ? upgradeOf(socket) : undefined);
	}

	#makePeers(): void {
		this.#isDraining = true;
		for (const webSocket of this.#noteOthers()) this.#noted.makePeer(webSocket);
	}

	#makePeer(webSocket: WebSocketLike, upgrade: UpgradeNote | null | undefined): void {
		const { target, startedAt = performance.now() } = upgrade ?? {};
		const peer = new WebSocketPeer(this.name, this.#describe(target), webSocket, startedAt);
		registerPeer(webSocket, peer);
		this.#peers.add(peer);
		webSocket.on("close", () => this.#peers.remove(peer));
	}

	#describe(target: string | undefined): string {
		return this.#nameRequest({ as: "WebSocket", target });
	}
}
