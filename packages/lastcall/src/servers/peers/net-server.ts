import { Server as PlainServer, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { Server as TlsServer } from "node:tls";
import { attempt } from "../../core/attempt.ts";
import type { Drainable, DrainOptions, InFlight } from "../../core/drainable.ts";
import type { Failure } from "../../core/stop-reason.ts";
import type { Warning } from "../../core/warning.ts";
import { AcceptQueue, type QueueOwner } from "../listening/accept-queue.ts";
import { Arrivals } from "../listening/arrivals.ts";
import { CloseGuard } from "../listening/close-guard.ts";
import { closeServerNow } from "../listening/close-listener.ts";
import { Gate, type Gatekeeper } from "../listening/gate.ts";
import { Handshakes } from "../listening/handshakes.ts";
import type { HowDrained } from "../listening/how-drained.ts";
import { mayBeTls } from "../listening/may-be-tls.ts";
import { rememberSocketFile } from "../listening/socket-file.ts";
import { type Peer, registerPeer } from "./peer.ts";
import { Peers } from "./peers.ts";
import type { HowNetDrains } from "./protocol-options.ts";
import { type ClosingMessage, IdlePeer, PassedOnPeer, SocketPeer } from "./socket-peer.ts";

/** The servers of Node.js for any protocol. */
export type NetServer = PlainServer | TlsServer;

/**
 * Returns true if `server` is one that `NetDrain` can drain. All servers of Node.js are: those of a known protocol have to be
 * detected before.
 */
export function isNetServer(server: unknown): server is NetServer {
	return server instanceof PlainServer;
}

/** Drains a `net.Server` or `tls.Server`. */
export class NetDrain implements Drainable, Gatekeeper, QueueOwner {
	readonly name: string;
	readonly #server: NetServer;
	readonly #protocol: HowNetDrains;
	readonly #gate: Gate;
	readonly #peers = new Peers();
	readonly #handshakes: Handshakes | undefined;
	readonly #onListening: HowDrained["listens"];
	/** True if it has listened, or has had a connection. */
	#isUsed = false;
	/** @internal for the accept queue */
	readonly arrivals: Arrivals = new Arrivals();
	/** Called at the server's `close`, while that is waited for. Not a listener: the program may remove all of them. */
	#whenClosed: (() => void) | undefined;
	#isCut = false;
	#guard: CloseGuard | undefined;
	#closed: Promise<{ readonly event: Promise<unknown> | undefined }> | undefined;

	constructor(name: string, server: NetServer, protocol: HowNetDrains = {}, listens: HowDrained["listens"] = () => {}) {
		this.name = name;
		this.#server = server;
		this.#protocol = protocol;
		this.#onListening = listens;
		this.#handshakes = mayBeTls(server) && server instanceof TlsServer ? new Handshakes() : undefined;
		this.#gate = new Gate(server, this);
		if (server.listening) this.#listens();
	}

	inFlight(): InFlight[] {
		return this.#peers.inFlight();
	}

	idleConnections(): number {
		const idle = this.#ownsConnections ? this.#peers.idle : 0;
		return idle + (this.#handshakes?.size ?? 0);
	}

	isAtRest(): boolean {
		return !this.#server.listening && this.#peers.size === 0 && (this.#handshakes?.size ?? 0) === 0;
	}

	isUnused(): boolean {
		return !this.#isUsed;
	}

	async drain(how: DrainOptions): Promise<void> {
		this.#closed ??= this.#closeListener(how);
		const { event } = await this.#closed;
		const peers = this.#peers.drain(how);
		await Promise.allSettled([peers, this.#handshakes?.sweepAll()]);
		// A handshake that is done has become a connection; another server may have handed one over.
		await Promise.all([peers, this.#peers.drain(how), event]);
	}

	cut(failed: (failure: Failure) => void): void {
		this.#isCut = true;
		attempt(this.name, failed, () => closeServerNow(this.#server));
		this.#handshakes?.cut(undefined, (destroy) => attempt(this.name, failed, destroy));
		this.#peers.cut(failed);
	}

	stopping(warn: (warning: Warning) => void): void {
		const isBeingClosed = (): boolean => (this.#server.listening ? !this.#isCut : this.#whenClosed !== undefined);
		const isCut = (): boolean => this.#isCut;
		const { close } = PlainServer.prototype;
		this.#guard = new CloseGuard({ name: this.name, server: this.#server, close, isBeingClosed, isCut }, warn);
	}

	release(): void {
		this.#guard?.release();
		this.#gate.remove();
	}

	/** Resolves when the listener is closed, to a promise of what comes later: the server's `close`, if it had a listener. */
	async #closeListener(how: DrainOptions): Promise<{ readonly event: Promise<unknown> | undefined }> {
		const hardStopAt = performance.now() + how.leftMs;
		// The server emits `close` when its last connection has ended, also of those that were open before it was served.
		const closed = new Promise<void>((resolve) => {
			this.#whenClosed = resolve;
		});
		const event = this.#server.listening && this.#ownsConnections ? closed : undefined;
		if (!this.#server.listening) this.#whenClosed = undefined;
		// Clients that connect again after each response would refill the accept queue. What they send meanwhile is read later.
		this.#gate.hold();
		await how.spread.trackListener(new AcceptQueue(this.#server, this).close(how.leftMs, how.siblings));
		this.#gate.open();
		this.#handshakes?.beginDrain({ lingerMs: how.lingerMs, hardStopAt });
		return { event };
	}

	/** @internal for the accept queue: requests on open connections can't be held, since only the program knows the protocol */
	holdAll(): void {}

	/** @internal for the gate: what is held in place of a request is a connection that is ready */
	sees(event: string | symbol, subject: unknown): boolean {
		const socket = subject as Socket;
		if (event === "connection") this.arrivals.add(socket);
		if (event === "listening") this.#listens();
		this.#handshakes?.sees(event, socket);
		// After the drain: another server has handed it over.
		if (event === "connection" && this.#closed !== undefined) void this.#handshakes?.sweepAll();
		if (event !== (this.#handshakes === undefined ? "connection" : "secureConnection")) return false;
		this.#add(socket);
		return true;
	}

	/** @internal for the gate */
	admits(_event: string | symbol, subject: unknown): boolean {
		return !(subject as Socket).destroyed;
	}

	/** @internal for the gate */
	allowsClose(): boolean {
		if (this.#whenClosed !== undefined) this.#guard?.closed();
		this.#whenClosed?.();
		this.#whenClosed = undefined;
		return true;
	}

	#listens(): void {
		this.#isUsed = true;
		this.arrivals.listens(this.#server);
		rememberSocketFile(this.#server);
		this.#onListening(this.#server);
	}

	/** False if another server drains its connections. */
	get #ownsConnections(): boolean {
		return this.#protocol.inFlight !== "nothing";
	}

	#add(socket: Socket): void {
		this.#isUsed = true;
		const peer = this.#peerOf(socket);
		if (this.#ownsConnections) registerPeer(socket, peer);
		socket.once("close", () => this.#peers.remove(peer));
		this.#peers.add(peer);
	}

	#peerOf(socket: Socket): Peer {
		const { inFlight, closingMessage } = this.#protocol;
		const what = `connection from ${describeClient(socket)}`;
		if (inFlight === "nothing") return new PassedOnPeer(this.name, what, socket, (peer) => this.#peers.remove(peer));
		const Kind = inFlight === "work" ? IdlePeer : SocketPeer;
		return new Kind(this.name, what, socket, closingMessage as ClosingMessage<Duplex> | undefined);
	}
}

/** Describes the client of a connection. Through a Unix socket or a Windows pipe it has no address. */
function describeClient({ remoteAddress, remotePort }: Socket): string {
	return remoteAddress === undefined ? "a client without an address" : `${remoteAddress}:${remotePort}`;
}
