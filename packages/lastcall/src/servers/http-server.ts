import { type IncomingMessage, Server as PlainServer, type ServerResponse } from "node:http";
import { Server as TlsServer } from "node:https";
import type { Socket } from "node:net";
import type { Drainable, DrainOptions, InFlight } from "../core/drainable.ts";
import { closeListener, nextPoll } from "./accept-queue.ts";
import { Connection } from "./connection.ts";
import { Gate, type Gatekeeper, type Handover } from "./gate.ts";

/** The HTTP/1.1 servers of Node.js. */
export type HttpServer = PlainServer | TlsServer;

/** Reports whether `server` is one that `HttpDrain` can drain. */
export function isHttpServer(server: unknown): server is HttpServer {
	return server instanceof PlainServer || server instanceof TlsServer;
}

/** How often to look for connections that have waited long enough. */
const SWEEP_EVERY_MS = 20;

/** Drains an HTTP/1.1 server, plain or TLS, so that no request is lost. */
export class HttpDrain implements Drainable, Gatekeeper {
	readonly name: string;
	readonly #server: HttpServer;
	readonly #gate: Gate;
	readonly #connections = new Map<Socket, Connection>();
	/** TCP connections whose TLS handshake is not done, by the client's address. */
	readonly #handshakes = new Map<string, Connection>();
	/** Takes our listeners away from the server. */
	readonly #letGo: () => void;
	#state: "running" | "emptying" | "leaving" | "closed" = "running";
	#whenClosed: (() => void) | undefined;

	constructor(name: string, server: HttpServer) {
		this.name = name;
		this.#server = server;
		this.#gate = new Gate(server, this);
		const track = (socket: Socket): void => void this.#track(socket);
		const startHandshake = (socket: Socket): void => this.#startHandshake(socket);
		const endHandshake = (socket: Socket): void => {
			this.#handshakes.delete(addressOf(socket));
			this.#track(socket);
		};
		const isTls = server instanceof TlsServer;
		server.prependListener("connection", isTls ? startHandshake : track);
		if (isTls) server.prependListener("secureConnection", endHandshake);
		this.#letGo = () => {
			server.removeListener("connection", isTls ? startHandshake : track);
			if (isTls) server.removeListener("secureConnection", endHandshake);
			this.#gate.remove();
		};
	}

	get #isLeaving(): boolean {
		return this.#state === "leaving" || this.#state === "closed";
	}

	inFlight(): InFlight[] {
		const now = performance.now();
		const all: InFlight[] = [];
		for (const { exchanges, upgrade } of this.#connections.values()) {
			for (const { request, startedAt } of exchanges) all.push(this.#entry(request, now - startedAt));
			if (upgrade !== undefined)
				all.push(this.#entry(upgrade.request, now - upgrade.startedAt, "upgraded connection "));
		}
		return all;
	}

	/** The order of these steps matters: ARCHITECTURE.md, "Draining HTTP/1.1", says what each other order loses. */
	async drain({ lingerMs, leftMs }: DrainOptions): Promise<void> {
		const wasListening = this.#server.listening;
		const closed = new Promise<void>((resolve) => {
			this.#whenClosed = resolve;
		});
		// Everybody who was let in is seated before the door closes; nobody is served meanwhile, or they come again.
		this.#state = "emptying";
		this.#gate.hold();
		await closeListener(this.#server, leftMs);
		// The flag first, the sweep second: a handshake that completes later checks the flag.
		if (!this.#isLeaving) this.#state = "leaving";
		for (const connection of this.#connections.values()) connection.leave();
		for (const handshake of this.#handshakes.values()) handshake.leave();
		this.#gate.batch();
		await this.#lingerOut(lingerMs, wasListening);
		if (wasListening) await closed;
		this.#letGo();
	}

	hardStop(): void {
		if (this.#server.listening) this.#server.close();
		for (const socket of this.#connections.keys()) socket.destroy();
		for (const { socket } of this.#handshakes.values()) socket.destroy();
		// Those that were there before we were.
		this.#server.closeAllConnections();
	}

	/** @internal for the gate */
	arrived(event: string, [request, answer]: Handover): void {
		const connection = this.#track(request.socket);
		if (event === "upgrade" || event === "connect") {
			connection.upgrade = { request, startedAt: performance.now() };
		} else if (!connection.saidClose) {
			connection.arrived(request, answer as ServerResponse);
		}
	}

	/** @internal for the gate, which asks only once the server is leaving */
	admits(_event: string, [request, answer]: Handover): boolean {
		const connection = this.#track(request.socket);
		if (connection.upgrade?.request === request) {
			connection.refuseUpgrade();
			return false;
		}
		const admitted = connection.exchanges.some(({ response }) => response === answer);
		// Behind the last answer: not processed, only read away.
		if (!admitted) request.resume();
		return admitted;
	}

	/** @internal for the gate */
	closed(): boolean {
		if (this.#state === "running" || this.#state === "closed") return true;
		// The listener was closed by `net`'s means; now that nothing is left, http's own `close()` clears its interval,
		// and emits the one `close` that the program is to hear.
		this.#state = "closed";
		const { close } = this.#server instanceof TlsServer ? TlsServer.prototype : PlainServer.prototype;
		close.call(this.#server, () => this.#whenClosed?.());
		return false;
	}

	/** Lets idle connections wait for the request that may be on its way, then ends them, until none is left. */
	async #lingerOut(lingerMs: number, wasListening: boolean): Promise<void> {
		const lingeredAt = performance.now() + lingerMs;
		// The server's `close` may come before that of its last socket.
		while ((wasListening && this.#state !== "closed") || this.#connections.size > 0) {
			// Right after a poll, so that what had arrived counts: a timer alone would end connections that are not idle.
			await nextPoll(Math.min(SWEEP_EVERY_MS, lingerMs));
			const now = performance.now();
			for (const connection of this.#connections.values()) if (connection.isOver(now, lingerMs)) connection.end();
			for (const handshake of this.#handshakes.values()) {
				if (handshake.isOver(now, lingerMs)) handshake.socket.destroy();
			}
			// Left are connections that were there before we were, and never asked anything since.
			if (this.#connections.size === 0 && now >= lingeredAt) this.#server.closeIdleConnections();
		}
	}

	#track(socket: Socket): Connection {
		const known = this.#connections.get(socket);
		if (known !== undefined) return known;
		const connection = new Connection(socket);
		if (this.#isLeaving) connection.leave();
		if (socket.destroyed) return connection;
		this.#connections.set(socket, connection);
		socket.once("close", () => this.#connections.delete(socket));
		return connection;
	}

	#startHandshake(socket: Socket): void {
		const address = addressOf(socket);
		const handshake = new Connection(socket);
		if (this.#isLeaving) handshake.leave();
		this.#handshakes.set(address, handshake);
		socket.once("close", () => {
			if (this.#handshakes.get(address) === handshake) this.#handshakes.delete(address);
		});
	}

	#entry({ method, url }: IncomingMessage, ageMs: number, prefix = ""): InFlight {
		return { name: this.name, what: `${prefix}${method} ${url}`, ageMs };
	}
}

/** A TLS socket and the TCP socket below it have the same. */
function addressOf({ remoteAddress, remotePort }: Socket): string {
	return `${remoteAddress} ${remotePort}`;
}
