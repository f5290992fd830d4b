import { Server as PlainServer, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { Server as TlsServer } from "node:tls";
import type { Drainable, DrainOptions, InFlight } from "../core/drainable.ts";
import { checkOptionNames, quote } from "../core/options.ts";
import { closeListener } from "./accept-queue.ts";
import { Gate, type Gatekeeper } from "./gate.ts";
import { addressOf } from "./handshakes.ts";
import { introduce } from "./peer.ts";
import { Peers } from "./peers.ts";
import { type Goodbye, IdlePeer, SocketPeer } from "./socket-peer.ts";

/** What the program says about a protocol of its own. */
export interface ProtocolOptions {
	/**
	 * What counts as in flight: each `connection` from its beginning to its end, or only the `work` that `service.enter` begins
	 * on it. In the latter case a connection without any is idle: it lingers, and then it is told, or ended.
	 * @default "connection"
	 */
	readonly inFlight?: "connection" | "work" | undefined;
	/**
	 * Says goodbye to a client in the protocol's own words, and ends the connection or lets the client do so. Called once for
	 * each connection while draining, when none of its work is in flight. Without it, a connection that counts as in
	 * flight itself is waited for until it ends.
	 */
	readonly goodbye?: Goodbye | undefined;
}

/** @throws {TypeError} for an option that there isn't, or one of the wrong type */
export function checkProtocol(name: string, protocol: ProtocolOptions): void {
	checkOptionNames(protocol, ["inFlight", "goodbye"]);
	const { inFlight, goodbye } = protocol;
	if (inFlight !== undefined && inFlight !== "connection" && inFlight !== "work") {
		throw new TypeError(`"${name}": inFlight: wanted "connection" or "work", got ${quote(inFlight)}`);
	}
	if (goodbye !== undefined && typeof goodbye !== "function") {
		throw new TypeError(`"${name}": goodbye: wanted a function, got ${quote(goodbye)}`);
	}
}

/** The servers of a protocol that Node.js doesn't know. */
export type NetServer = PlainServer | TlsServer;

/** Reports whether `server` is one that `NetDrain` can drain: any that is not of a kind that knows its protocol. */
export function isNetServer(server: unknown): server is NetServer {
	return server instanceof PlainServer;
}

/** Drains a `net.Server` or `tls.Server`. */
export class NetDrain implements Drainable, Gatekeeper {
	readonly name: string;
	readonly #server: NetServer;
	readonly #protocol: ProtocolOptions;
	readonly #gate: Gate;
	readonly #peers = new Peers();
	/** TCP connections whose TLS handshake is not done, by the client's address. */
	readonly #handshakes = new Map<string, SocketPeer>();
	#accepted = 0;
	#isHolding = false;

	constructor(name: string, server: NetServer, protocol: ProtocolOptions = {}) {
		this.name = name;
		this.#server = server;
		this.#protocol = protocol;
		this.#gate = new Gate(server, this);
	}

	inFlight(): InFlight[] {
		return this.#peers.inFlight();
	}

	async drain(how: DrainOptions): Promise<void> {
		// `close` comes when the last connection has ended, also of those that were there before we were.
		const closed = this.#server.listening && new Promise((resolve) => this.#server.once("close", resolve));
		// Clients in a closed loop would fill the accept queue up again. What they send meanwhile is read afterwards.
		this.#isHolding = true;
		this.#gate.hold();
		await how.goodbyes.behind(closeListener(this.#server, () => this.#accepted, how.leftMs, how.siblings));
		this.#isHolding = false;
		this.#gate.open();
		await Promise.all([this.#peers.drain(how), closed]);
		this.#gate.remove();
	}

	hardStop(): void {
		if (this.#server.listening) this.#server.close();
		this.#peers.hardStop();
	}

	/** @internal for the gate: the "request" that can be held back is a connection that is ready to speak */
	sees(event: string | symbol, subject: unknown): boolean {
		const socket = subject as Socket;
		if (event === "connection") this.#accepted++;
		const isTls = this.#server instanceof TlsServer;
		if (event === "connection" && isTls) this.#startHandshake(socket);
		if (event !== (isTls ? "secureConnection" : "connection")) return false;
		this.#add(socket);
		// The program doesn't have it yet, and nobody else hears of its errors.
		if (this.#isHolding) socket.on("error", ignore);
		return true;
	}

	/** @internal for the gate */
	admits(_event: string | symbol, subject: unknown): boolean {
		const socket = subject as Socket;
		socket.removeListener("error", ignore);
		return !socket.destroyed;
	}

	/** @internal for the gate */
	closed(): boolean {
		return true;
	}

	#add(socket: Socket): void {
		const address = addressOf(socket);
		const handshake = this.#handshakes.get(address);
		if (handshake !== undefined) this.#peers.remove(handshake);
		const { inFlight, goodbye } = this.#protocol;
		const Kind = inFlight === "work" ? IdlePeer : SocketPeer;
		const peer = new Kind(this.name, `connection from ${address}`, socket, goodbye as Goodbye<Duplex> | undefined);
		introduce(socket, peer);
		this.#follow(socket, peer);
	}

	#startHandshake(socket: Socket): void {
		const address = addressOf(socket);
		const handshake = new IdlePeer(this.name, `handshake with ${address}`, socket, undefined);
		this.#handshakes.set(address, handshake);
		socket.once("close", () => {
			if (this.#handshakes.get(address) === handshake) this.#handshakes.delete(address);
		});
		this.#follow(socket, handshake);
	}

	#follow(socket: Socket, peer: SocketPeer): void {
		socket.once("close", () => this.#peers.remove(peer));
		this.#peers.add(peer);
	}
}

function ignore(): void {}
