import { IncomingMessage, Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { Pruner } from "../../core/pruner.ts";
import type { AbandonedRequests } from "../listening/abandoned-requests.ts";
import type { DrainPlan } from "../listening/drain-plan.ts";
import { forEachYielding } from "../listening/for-each-yielding.ts";
import type { ProtocolConnections } from "../listening/protocol-connections.ts";
import type { RequestInFlight } from "../listening/request-name.ts";
import { isReconnecting } from "../responses/event-stream.ts";
import { toRequestInFlight } from "./exchange.ts";
import { Http1Connection } from "./http1-connection.ts";
import { mayProcess } from "./last-response.ts";
import { handOver, type TakeWebSocket, toUpgradeInFlight, upgradeOf } from "./upgrade.ts";

/**
 * The most requests in flight on one connection while requests are held, or while draining. A client that pipelines more gets
 * its last response with the newest of them: otherwise the held requests would have no bound, and the client could go on for
 * ever.
 */
const MOST_IN_FLIGHT = 1_000;

/** Where a server's HTTP/1.1 connections come from. */
export interface Http1Source {
	/** The event with each connection's socket. */
	readonly opened: "connection" | "secureConnection";
	/** Returns true if the connection speaks HTTP/1.1. */
	readonly speaks: (socket: Socket) => boolean;
}

/** The HTTP/1.1 connections of a server. */
export class Http1Connections implements ProtocolConnections {
	readonly #server: Server;
	readonly #source: Http1Source;
	readonly #connections = new Map<Socket, Http1Connection>();
	#most = Number.POSITIVE_INFINITY;
	/** Requests on kept-alive connections are held too: to serve them takes the time in which connections have to be accepted. */
	#holdsAll = false;
	/** The program may remove the listener for the end of a socket. */
	readonly #pruner = new Pruner(this.#connections, ([, connection]) => {
		if (connection.socket.closed) this.#gone(connection);
	});
	readonly #abandoned: AbandonedRequests;
	readonly #take: TakeWebSocket | undefined;
	#drainingSince: number | undefined;

	/** @param server one of `node:http`, or one with the same methods */
	constructor(server: unknown, source: Http1Source, abandoned: AbandonedRequests, take?: TakeWebSocket) {
		this.#server = server as Server;
		this.#source = source;
		this.#abandoned = abandoned;
		this.#take = take;
	}

	get size(): number {
		this.#pruner.pruneAll();
		return this.#connections.size;
	}

	get idle(): number {
		this.#pruner.pruneAll();
		let idle = 0;
		for (const { exchanges, upgrade } of this.#connections.values()) {
			if (exchanges.size === 0 && upgrade === undefined) idle++;
		}
		return idle;
	}

	sees(event: string | symbol, subject: unknown, response: unknown): boolean {
		switch (event) {
			case "request":
			case "checkContinue":
			case "checkExpectation":
			case "upgrade":
			case "connect":
				// HTTP/2 has events of the same names.
				if (!(subject instanceof IncomingMessage)) return false;
				return this.#arrived(event, subject, response as ServerResponse);
			case this.#source.opened:
				if (this.#source.speaks(subject as Socket)) this.#track(subject as Socket);
				return false;
			default:
				return false;
		}
	}

	admits(_event: string | symbol, request: unknown, response: unknown): boolean {
		if (!(request instanceof IncomingMessage)) return true;
		// A request whose client has gone must not be executed: it can have no response.
		if (request.socket.destroyed) return false;
		const connection = this.#track(request.socket);
		if (connection.upgrade?.request === request) {
			connection.refuseUpgrade();
			return false;
		}
		const admitted = mayProcess(response as ServerResponse);
		// After the last response: not processed, only read.
		if (!admitted) request.resume();
		return admitted;
	}

	inFlight(): RequestInFlight[] {
		const all: RequestInFlight[] = [];
		this.#pruner.pruneAll();
		for (const connection of this.#connections.values()) {
			connection.settle();
			const { exchanges, upgrade, socket } = connection;
			for (const exchange of exchanges) all.push(toRequestInFlight(exchange));
			const upgraded = upgrade && toUpgradeInFlight(upgrade, socket);
			if (upgraded !== undefined) all.push(upgraded);
		}
		return all;
	}

	hold(): void {
		this.#most = MOST_IN_FLIGHT;
		for (const connection of this.#connections.values()) handOver(connection, this.#take);
	}

	holdAll(): void {
		this.#holdsAll = true;
	}

	beginDrain({ spread }: DrainPlan): Promise<void> {
		this.#drainingSince = performance.now();
		const delays = spread.delays(this.#connections.size).values();
		return forEachYielding(this.#connections.values(), (connection) => connection.beginDrain(delays.next().value));
	}

	async sweep(plan: DrainPlan, polledAt: number): Promise<void> {
		const sinceMs = this.#drainingSince ?? performance.now();
		const visit = (connection: Http1Connection, polledAt: number): void => {
			handOver(connection, this.#take);
			if (connection.isOver(polledAt, plan)) connection.end();
			else connection.endStreams(performance.now() - sinceMs, plan);
		};
		await forEachYielding(this.#connections.values(), visit, polledAt);
	}

	endUnseen(): void {
		Server.prototype.closeIdleConnections.call(this.#server);
	}

	cut(_isHeld: (request: unknown) => boolean, end: (destroy: () => void) => void): void {
		for (const socket of this.#connections.keys()) end(() => socket.destroy());
		// Those that were open before the server was served.
		Server.prototype.closeAllConnections.call(this.#server);
	}

	/** Returns true if the request has to wait while requests are held. */
	#arrived(event: string, request: IncomingMessage, response: ServerResponse): boolean {
		const connection = this.#track(request.socket);
		if (event === "upgrade" || event === "connect") {
			connection.upgrade = upgradeOf(request, request.socket);
			return true;
		}
		// A request that must not be processed waits with those that are held, and is not admitted.
		if (!connection.arrived(request, response, this.#most)) return true;
		// A client that had a response on this connection and asks again is not in the accept queue, and won't join it.
		const mayRejoinQueue = !connection.isKeptAlive || !response.shouldKeepAlive;
		return this.#drainingSince !== undefined || this.#holdsAll || mayRejoinQueue;
	}

	#track(socket: Socket): Http1Connection {
		const known = this.#connections.get(socket);
		if (known !== undefined) return known;
		const connection = new Http1Connection(socket);
		if (this.#drainingSince !== undefined) connection.beginDrain();
		if (socket.destroyed) return connection;
		this.#pruner.pruneSome();
		this.#connections.set(socket, connection);
		socket.once("close", () => this.#gone(connection));
		return connection;
	}

	#gone(connection: Http1Connection): void {
		if (!this.#connections.delete(connection.socket)) return;
		if (connection.exchanges.size > 0 && hasClientGone(connection.socket)) this.#abandon(connection);
	}

	/** The handlers of these requests may be in the middle of their work. */
	#abandon({ exchanges }: Http1Connection): void {
		for (const exchange of exchanges) {
			const { request, response } = exchange;
			const { method, headers } = request;
			// These handlers end no response without a client: one only sends events, the other leaves it to a stream.
			if (isReconnecting({ method, headers, response }) || isPipedInto(response)) continue;
			this.#abandoned.add(request, response, toRequestInFlight(exchange));
		}
	}
}

/** Returns true if the client has closed or reset the closed socket. A handler that has destroyed it has no more to do. */
function hasClientGone({ readableEnded, errored }: Socket): boolean {
	return readableEnded || (errored !== null && "syscall" in errored);
}

function isPipedInto(response: ServerResponse): boolean {
	return response.listenerCount("unpipe") > 0;
}
