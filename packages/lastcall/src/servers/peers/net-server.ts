import { Server as PlainServer, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { Server as TlsServer } from "node:tls";
import { attempt } from "../../core/attempt.ts";
import type { Drainable, DrainOptions, InFlight } from "../../core/drainable.ts";
import type { Failure } from "../../core/stop-reason.ts";
import type { Warning } from "../../core/warning.ts";
import { AcceptQueue, type QueueOwner } from "../listening/accept-queue.ts";
import { Gate, type Gatekeeper } from "../listening/gate.ts";
import { Handshakes } from "../listening/handshakes.ts";
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
	readonly #handshakes: Handshakes | undefined;
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
		this.#handshakes = server instanceof TlsServer ? new Handshakes(() => true) : undefined;
		this.#gate = new Gate(server, this);
		rememberSocketFile(server);
	}

	inFlight(): InFlight[] {
		return this.#peers.inFlight();
	}

	isAtRest(): boolean {
		return !this.#server.listening && this.#peers.size === 0 && (this.#handshakes?.size ?? 0) === 0;
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
		this.#isHardStopped = true;
		attempt(this.name, failed, () => closeNow(this.#server));
		this.#handshakes?.drop(undefined, (destroy) => attempt(this.name, failed, destroy));
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
		const hardStopAt = performance.now() + how.leftMs;
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
		this.#handshakes?.leave({ lingerMs: how.lingerMs, hardStopAt });
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
	closed(): boolean {
		this.#heardClose?.();
		this.#heardClose = undefined;
		return true;
	}

	#add(socket: Socket): void {
		const { inFlight, goodbye } = this.#protocol;
		const Kind = inFlight === "work" ? IdlePeer : SocketPeer;
		const what = `connection from ${clientOf(socket)}`;
		const peer = new Kind(this.name, what, socket, goodbye as Goodbye<Duplex> | undefined);
		introduce(socket, peer);
		socket.once("close", () => this.#peers.remove(peer));
		this.#peers.add(peer);
	}
}

/** The client of a connection, as a person knows it. Through a Unix socket or a Windows pipe it has no address. */
function clientOf({ remoteAddress, remotePort }: Socket): string {
	return remoteAddress === undefined ? "a client without an address" : `${remoteAddress}:${remotePort}`;
}
