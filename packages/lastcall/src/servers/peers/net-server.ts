import { Server as PlainServer, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { Server as TlsServer } from "node:tls";
import { attempt } from "../../core/attempt.ts";
import type { Drainable, DrainOptions, InFlight } from "../../core/drainable.ts";
import type { Failure } from "../../core/stop-reason.ts";
import type { Warning } from "../../core/warning.ts";
import { AcceptQueue, type QueueOwner } from "../listening/accept-queue.ts";
import { BelowTls } from "../listening/below-tls.ts";
import { Gate, type Gatekeeper } from "../listening/gate.ts";
import { closeNow } from "../listening/listener.ts";
import { guardCloses } from "../listening/program-closes.ts";
import { rememberSocketFile } from "../listening/socket-file.ts";
import { introduce } from "./peer.ts";
import { Peers } from "./peers.ts";
import type { ProtocolOptions } from "./protocol-options.ts";
import { type Goodbye, IdlePeer, SocketPeer } from "./socket-peer.ts";

/** The servers of a protocol that Node.js doesn't know. */
export type NetServer = PlainServer | TlsServer;

/** Reports whether `server` is one that `NetDrain` can drain: any that is not of a kind that knows its protocol. */
export function isNetServer(server: unknown): server is NetServer {
	return server instanceof PlainServer;
}

/** Drains a `net.Server` or `tls.Server`. */
export class NetDrain implements Drainable, Gatekeeper, QueueOwner {
	readonly name: string;
	readonly #server: NetServer;
	readonly #protocol: ProtocolOptions;
	readonly #gate: Gate;
	readonly #peers = new Peers();
	/** Connections whose TLS handshake is not done. */
	readonly #handshakes = new BelowTls<SocketPeer>();
	#accepted = 0;
	/** While the listener's close is waited for. Not by a listener: the program may take away all of them. */
	#heardClose: (() => void) | undefined;
	#isHardStopped = false;
	#unguard: (() => void) | undefined;
	#closed: Promise<{ readonly event: Promise<unknown> | undefined }> | undefined;

	constructor(name: string, server: NetServer, protocol: ProtocolOptions = {}) {
		this.name = name;
		this.#server = server;
		this.#protocol = protocol;
		this.#gate = new Gate(server, this);
		rememberSocketFile(server);
	}

	inFlight(): InFlight[] {
		return this.#peers.inFlight();
	}

	isAtRest(): boolean {
		return !this.#server.listening && this.#peers.size === 0;
	}

	async drain(how: DrainOptions): Promise<void> {
		this.#closed ??= this.#closeListener(how);
		// A connection that comes later was handed over by another server: it is told, and waited for.
		await Promise.all([this.#closed.then(() => this.#peers.drain(how)), this.#closed.then((closed) => closed.event)]);
	}

	cut(failed: (failure: Failure) => void): void {
		this.#isHardStopped = true;
		attempt(this.name, failed, () => closeNow(this.#server));
		this.#peers.cut(failed);
	}

	stopping(warn: (warning: Warning) => void): void {
		const isBeingClosed = (): boolean =>
			!this.#isHardStopped && (this.#server.listening || this.#heardClose !== undefined);
		const { close } = PlainServer.prototype;
		this.#unguard = guardCloses({ name: this.name, server: this.#server, close, isBeingClosed }, warn);
	}

	release(): void {
		this.#unguard?.();
		this.#gate.remove();
	}

	/** Resolves when the listener is closed, and to what comes later: the server's `close`, where there is one to come. */
	async #closeListener(how: DrainOptions): Promise<{ readonly event: Promise<unknown> | undefined }> {
		// `close` comes when the last connection has ended, also of those that were there before we were.
		const heard = new Promise<void>((resolve) => {
			this.#heardClose = resolve;
		});
		const event = this.#server.listening ? heard : undefined;
		if (event === undefined) this.#heardClose = undefined;
		// Clients in a closed loop would fill the accept queue up again. What they send meanwhile is read afterwards.
		this.#gate.hold();
		await how.goodbyes.behind(new AcceptQueue(this.#server, this).close(how.leftMs, how.siblings));
		this.#gate.open();
		return { event };
	}

	/** @internal for the accept queue */
	accepted(): number {
		return this.#accepted;
	}

	/** @internal for the accept queue: what open connections bring can't be held, since their protocol is the program's */
	holdAll(): void {}

	/** @internal for the gate: the "request" that can be held back is a connection that is ready to speak */
	sees(event: string | symbol, subject: unknown): boolean {
		const socket = subject as Socket;
		if (event === "connection") this.#accepted++;
		if (event === "listening") rememberSocketFile(this.#server);
		const isTls = this.#server instanceof TlsServer;
		if (event === "connection" && isTls) this.#startHandshake(socket);
		if (event !== (isTls ? "secureConnection" : "connection")) return false;
		this.#add(socket);
		return true;
	}

	/** @internal for the gate */
	admits(_event: string | symbol, subject: unknown): boolean {
		return !(subject as Socket).destroyed;
	}

	/** @internal for the gate */
	closed(): boolean {
		this.#heardClose?.();
		this.#heardClose = undefined;
		return true;
	}

	#add(socket: Socket): void {
		for (const handshake of this.#handshakes.done(socket)) this.#peers.remove(handshake);
		const { inFlight, goodbye } = this.#protocol;
		const Kind = inFlight === "work" ? IdlePeer : SocketPeer;
		const what = `connection from ${clientOf(socket)}`;
		const peer = new Kind(this.name, what, socket, goodbye as Goodbye<Duplex> | undefined);
		introduce(socket, peer);
		this.#follow(socket, peer);
	}

	#startHandshake(socket: Socket): void {
		const handshake = new IdlePeer(this.name, `handshake with ${clientOf(socket)}`, socket, undefined);
		this.#handshakes.begin(socket, handshake);
		this.#follow(socket, handshake);
	}

	#follow(socket: Socket, peer: SocketPeer): void {
		socket.once("close", () => this.#peers.remove(peer));
		this.#peers.add(peer);
	}
}

/** The client of a connection, as a person knows it. Through a Unix socket or a Windows pipe it has no address. */
function clientOf({ remoteAddress, remotePort }: Socket): string {
	return remoteAddress === undefined ? "a client without an address" : `${remoteAddress}:${remotePort}`;
}
