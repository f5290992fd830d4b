import type { Duplex } from "node:stream";
import { quote } from "../../core/check-options.ts";
import type { Drainable, DrainOptions, InFlight } from "../../core/drainable.ts";
import type { Failure } from "../../core/stop-reason.ts";
import type { OpenWebSocket } from "../listening/how-drained.ts";
import { handleElsewhere } from "../responses/handled-elsewhere.ts";
import { FramePeer } from "./frame-peer.ts";
import { registerPeer } from "./peer.ts";
import { Peers } from "./peers.ts";
import { type ClosingMessage, SocketPeer } from "./socket-peer.ts";

/** @throws {TypeError} where it is no socket */
export function checkSocket(name: string, socket: unknown): void {
	const { end, destroy } = (socket ?? {}) as Partial<Duplex>;
	if (typeof end === "function" && typeof destroy === "function") return;
	throw new TypeError(`"${name}": wanted a socket, got ${quote(socket)}`);
}

/** The upgraded connections that the program has registered by name, and the WebSockets that it has not registered. */
export class UpgradedSockets implements Drainable {
	readonly name = "upgraded sockets";
	readonly #peers = new Peers();

	/** Adds one. Without a closing message it is half-closed after what was written. */
	add(name: string, socket: Duplex, closingMessage: ClosingMessage<Duplex> = (socket) => socket.end()): void {
		const peer = new SocketPeer(name, "upgraded connection", socket, closingMessage);
		handleElsewhere(socket);
		registerPeer(socket, peer);
		if (socket.destroyed) return;
		socket.once("close", () => this.#peers.remove(peer));
		this.#peers.add(peer);
	}

	/** Adds a WebSocket that the program has not registered. */
	addWebSocket({ name, what, socket, startedAt }: OpenWebSocket): void {
		const peer = new FramePeer(name, what, socket, startedAt);
		registerPeer(socket, peer);
		socket.once("close", () => this.#peers.remove(peer));
		this.#peers.add(peer);
	}

	inFlight(): InFlight[] {
		return this.#peers.inFlight();
	}

	drain(how: DrainOptions): Promise<void> {
		return this.#peers.drain(how);
	}

	cut(failed: (failure: Failure) => void): void {
		this.#peers.cut(failed);
	}
}
