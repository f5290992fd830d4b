import { IncomingMessage, Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { Pruner } from "../../core/pruner.ts";
import { isClaimed } from "../answers/claimed.ts";
import { isReconnecting } from "../answers/event-stream.ts";
import type { AbandonedRequests } from "../listening/abandoned-requests.ts";
import { inTurns } from "../listening/in-turns.ts";
import type { Leaving } from "../listening/leaving.ts";
import type { ProtocolConnections } from "../listening/protocol-connections.ts";
import type { RequestInFlight } from "../listening/request-name.ts";
import { Connection } from "./connection.ts";
import { requestOf } from "./exchange.ts";

/**
 * So many requests may be in flight on one connection while requests are held, or the server is leaving. A client that pipelines
 * more gets its last answer with the newest of them: it would be kept without a bound, and asked again without an end.
 */
const MOST_IN_FLIGHT = 1_000;

/** Where a server's HTTP/1.1 connections come from. */
export interface Http1Source {
	/** The event with each connection's socket. */
	readonly opened: "connection" | "secureConnection";
	/** Reports whether it speaks HTTP/1.1. */
	readonly speaks: (socket: Socket) => boolean;
}

/** The HTTP/1.1 connections of a server. */
export class Http1Connections implements ProtocolConnections {
	readonly #server: Server;
	readonly #source: Http1Source;
	readonly #connections = new Map<Socket, Connection>();
	#most = Number.POSITIVE_INFINITY;
	/** Kept-alive connections wait too: serving them takes the time in which connections are to be accepted. */
	#holdsAll = false;
	/** The program may take away the listener that would tell of the end of a socket. */
	readonly #pruner = new Pruner(this.#connections, ([, connection]) => {
		if (connection.socket.closed) this.#gone(connection);
	});
	readonly #abandoned: AbandonedRequests;
	#leavingSince: number | undefined;

	/** @param server one of `node:http`, or one that has the same methods */
	constructor(server: unknown, source: Http1Source, abandoned: AbandonedRequests) {
		this.#server = server as Server;
		this.#source = source;
		this.#abandoned = abandoned;
	}

	get size(): number {
		this.#pruner.pruneAll();
		return this.#connections.size;
	}

	sees(event: string | symbol, subject: unknown, answer: unknown): boolean {
		switch (event) {
			case "request":
			case "checkContinue":
			case "checkExpectation":
			case "upgrade":
			case "connect":
				// HTTP/2's have the same names, and are not.
				if (!(subject instanceof IncomingMessage)) return false;
				return this.#arrived(event, subject, answer as ServerResponse);
			case this.#source.opened:
				if (this.#source.speaks(subject as Socket)) this.#track(subject as Socket);
				return false;
			default:
				return false;
		}
	}

	admits(_event: string | symbol, request: unknown, answer: unknown): boolean {
		if (!(request instanceof IncomingMessage)) return true;
		// A request whose client has gone must not be executed: nobody could be told.
		if (request.socket.destroyed) return false;
		const connection = this.#track(request.socket);
		if (connection.upgrade?.request === request) {
			connection.refuseUpgrade();
			return false;
		}
		const admitted = connection.admits(answer as ServerResponse);
		// Behind the last answer: not processed, only read away.
		if (!admitted) request.resume();
		return admitted;
	}

	inFlight(): RequestInFlight[] {
		const all: RequestInFlight[] = [];
		this.#pruner.pruneAll();
		for (const connection of this.#connections.values()) {
			connection.settle();
			const { exchanges, upgrade, socket } = connection;
			for (const exchange of exchanges) all.push(requestOf(exchange));
			if (upgrade !== undefined && !isClaimed(socket)) all.push({ as: "upgraded connection", ...requestOf(upgrade) });
		}
		return all;
	}

	hold(): void {
		this.#most = MOST_IN_FLIGHT;
	}

	holdAll(): void {
		this.#holdsAll = true;
	}

	leave({ goodbyes }: Leaving): Promise<void> {
		this.#leavingSince = performance.now();
		const delays = goodbyes.delays(this.#connections.size).values();
		return inTurns(this.#connections.values(), (connection) => connection.leave(delays.next().value));
	}

	async sweep(leaving: Leaving, polledAt: number): Promise<void> {
		const sinceMs = this.#leavingSince ?? performance.now();
		const visit = (connection: Connection, polledAt: number): void => {
			if (connection.isOver(polledAt, leaving)) connection.end();
			else connection.endStreams(performance.now() - sinceMs, leaving);
		};
		await inTurns(this.#connections.values(), visit, polledAt);
	}

	endUnseen(): void {
		Server.prototype.closeIdleConnections.call(this.#server);
	}

	drop(_isHeld: (request: unknown) => boolean, end: (destroy: () => void) => void): void {
		for (const socket of this.#connections.keys()) end(() => socket.destroy());
		// Those that were there before we were.
		Server.prototype.closeAllConnections.call(this.#server);
	}

	/** Reports whether a request is to wait while others are held. */
	#arrived(event: string, request: IncomingMessage, answer: ServerResponse): boolean {
		const connection = this.#track(request.socket);
		if (event === "upgrade" || event === "connect") {
			connection.upgrade = { request, target: request.url, startedAt: performance.now() };
			return true;
		}
		// One that is not to be processed waits with those that are held, and is not admitted.
		if (!connection.arrived(request, answer, this.#most)) return true;
		// A client that was answered on this connection and asks again is not in the accept queue, and won't join it.
		const mayRejoinQueue = !connection.isKeptAlive || !answer.shouldKeepAlive;
		return this.#leavingSince !== undefined || this.#holdsAll || mayRejoinQueue;
	}

	#track(socket: Socket): Connection {
		const known = this.#connections.get(socket);
		if (known !== undefined) return known;
		const connection = new Connection(socket);
		if (this.#leavingSince !== undefined) connection.leave();
		if (socket.destroyed) return connection;
		this.#pruner.pruneSome();
		this.#connections.set(socket, connection);
		socket.once("close", () => this.#gone(connection));
		return connection;
	}

	#gone(connection: Connection): void {
		if (!this.#connections.delete(connection.socket)) return;
		if (connection.exchanges.size > 0 && hasClientGone(connection.socket)) this.#abandon(connection);
	}

	/** Its handlers may be in the middle of their work. */
	#abandon({ exchanges }: Connection): void {
		for (const exchange of exchanges) {
			const { request, response } = exchange;
			const { method, headers } = request;
			// These handlers end nothing after their client: one only sends events, the other has left it to a stream.
			if (isReconnecting({ method, headers, response }) || isPipedInto(response)) continue;
			this.#abandoned.add(request, response, requestOf(exchange));
		}
	}
}

/** Returns true for a closed socket whose client has closed or reset it. A handler that destroys it has no more to do. */
function hasClientGone({ readableEnded, errored }: Socket): boolean {
	return readableEnded || (errored !== null && "syscall" in errored);
}

function isPipedInto(response: ServerResponse): boolean {
	return response.listenerCount("unpipe") > 0;
}
