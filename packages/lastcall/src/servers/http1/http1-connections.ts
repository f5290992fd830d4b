import { IncomingMessage, Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { AbandonedRequests } from "../listening/abandoned-requests.ts";
import type { DrainPlan } from "../listening/drain-plan.ts";
import { forEachYielding } from "../listening/for-each-yielding.ts";
import type { ProtocolConnections } from "../listening/protocol-connections.ts";
import type { RequestInFlight } from "../listening/request-name.ts";
import { visitDue } from "../listening/visit-due.ts";
import { abandonExchanges } from "./abandoned-exchanges.ts";
import { toRequestInFlight } from "./exchange.ts";
import { Http1Connection } from "./http1-connection.ts";
import { LastRequest } from "./last-request.ts";
import { mayProcess } from "./last-response.ts";
import { TrackedConnections } from "./tracked-connections.ts";
import { type TakeWebSocket, Upgrade } from "./upgrade.ts";

/**
 * The most requests in flight on one connection while requests are held, or while draining. A client that pipelines more gets
 * its last response with the newest of them: otherwise the held requests would have no bound, and it could go on for ever.
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
	readonly #connections = new TrackedConnections((connection) => abandonExchanges(connection, this.#abandoned));
	#most = Number.POSITIVE_INFINITY;
	/** Requests on kept-alive connections are held too: to serve them takes the time in which connections have to be accepted. */
	#holdsAll = false;
	readonly #abandoned: AbandonedRequests;
	readonly #take: TakeWebSocket | undefined;
	#isDraining = false;
	#tracksAll = false;

	/** @param server one of `node:http`, or one with the same methods */
	constructor(server: unknown, source: Http1Source, abandoned: AbandonedRequests, take?: TakeWebSocket) {
		this.#server = server as Server;
		this.#source = source;
		this.#abandoned = abandoned;
		this.#take = take;
	}

	get size(): number {
		return this.#connections.size;
	}

	get isAny(): boolean {
		return this.#connections.isAny;
	}

	get idle(): number {
		let idle = 0;
		for (const one of this.#connections.list()) {
			if (one instanceof LastRequest && !one.isOpen) idle++;
			if (one instanceof Http1Connection && one.exchanges.size === 0 && one.upgrade === undefined) idle++;
		}
		return idle;
	}

	/** Does what `sees` does for a `request` of a running service. Returns false where it can't. */
	get note(): TrackedConnections["note"] {
		return this.#connections.note;
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
				if (this.#source.speaks(subject as Socket)) this.#add(subject as Socket);
				return false;
			default:
				return false;
		}
	}

	admits(event: string | symbol, request: unknown, response: unknown): boolean {
		if (!(request instanceof IncomingMessage)) return true;
		// A request whose client has gone must not be executed: it can have no response.
		if (request.socket.destroyed) return false;
		const connection = this.#connections.track(request.socket);
		if (connection.upgrade !== undefined && isUpgrade(event)) {
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
		for (const one of this.#connections.list()) {
			if (one instanceof Http1Connection) {
				one.settle();
				for (const exchange of one.exchanges) all.push(toRequestInFlight(exchange));
			}
			const noted = one instanceof Http1Connection ? one.upgrade : (one as LastRequest | Upgrade);
			const request = noted?.inFlight();
			if (request !== undefined) all.push(request);
		}
		return all;
	}

	hold(): void {
		this.#tracksAll = true;
		this.#most = MOST_IN_FLIGHT;
		for (const one of this.#connections.list()) {
			if (one instanceof Upgrade) this.#handOver(one);
			else if (one instanceof Http1Connection) this.#handOver(one.upgrade);
		}
	}

	holdAll(): void {
		this.#holdsAll = true;
	}

	beginDrain({ spread }: DrainPlan): Promise<void> {
		this.#isDraining = true;
		const delays = spread.delays(this.#connections.size).values();
		return forEachYielding(this.#connections.all(), ({ socket }) =>
			this.#connections.track(socket).beginDrain(delays.next().value),
		);
	}

	sweep(plan: DrainPlan, polledAt: number): Promise<number> {
		const visit = (connection: Http1Connection, polledAt: number): void => {
			this.#handOver(connection.upgrade);
			if (connection.isOver(polledAt, plan)) connection.end();
			else connection.endStreams(plan);
		};
		return visitDue(this.#connections.tracked(), visit, polledAt);
	}

	endUnseen(): void {
		Server.prototype.closeIdleConnections.call(this.#server);
	}

	cut(_isHeld: (request: unknown) => boolean, end: (destroy: () => void) => void): void {
		for (const { socket } of this.#connections.all()) end(() => socket.destroy());
		// Those that were open before the server was served.
		Server.prototype.closeAllConnections.call(this.#server);
	}

	/** Returns true if the request has to wait while requests are held. */
	#arrived(event: string, request: IncomingMessage, response: ServerResponse): boolean {
		this.#add(request.socket);
		// After the other events the program may emit `request` for the same one.
		if (event === "request" && !this.#tracksAll && this.note(request, response)) return true;
		if (isUpgrade(event)) {
			this.#connections.upgrade(request.socket, request);
			return true;
		}
		const connection = this.#connections.track(request.socket, response);
		// A request that must not be processed waits with those that are held, and is not admitted.
		if (!connection.arrived(request, response, this.#most)) return true;
		// A client that had a response on this connection and asks again is not in the accept queue, and won't join it.
		const mayRejoinQueue = !connection.isKeptAlive || !response.shouldKeepAlive;
		return this.#isDraining || this.#holdsAll || mayRejoinQueue;
	}

	#handOver(upgrade: Upgrade | undefined): void {
		if (this.#take !== undefined) upgrade?.handOver(this.#take);
	}

	#add(socket: Socket): void {
		if (this.#connections.add(socket) && this.#isDraining) this.#connections.track(socket).beginDrain();
	}
}

function isUpgrade(event: string | symbol): boolean {
	return event === "upgrade" || event === "connect";
}
