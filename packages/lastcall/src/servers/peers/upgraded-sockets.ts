import type { Duplex } from "node:stream";
import { quote } from "../../core/check-options.ts";
import type { Drainable, DrainOptions, InFlight } from "../../core/drainable.ts";
import type { Failure } from "../../core/stop-reason.ts";
import { claim } from "../answers/claimed.ts";
import { introduce } from "./peer.ts";
import { Peers } from "./peers.ts";
import { type Goodbye, SocketPeer } from "./socket-peer.ts";

/** @throws {TypeError} where it is no socket */
export function checkSocket(name: string, socket: unknown): void {
	const { end, destroy } = (socket ?? {}) as Partial<Duplex>;
	if (typeof end === "function" && typeof destroy === "function") return;
	throw new TypeError(`"${name}": wanted a socket, got ${quote(socket)}`);
}

/** The sockets that the program has taken out of HTTP's hands and registered by name. */
export class UpgradedSockets implements Drainable {
	readonly name = "upgraded sockets";
	readonly #peers = new Peers();

	/** Adds one. It is told by `goodbye`, or else half-closed behind what was written. */
	add(name: string, socket: Duplex, goodbye: Goodbye<Duplex> = (socket) => socket.end()): void {
		const peer = new SocketPeer(name, "upgraded connection", socket, goodbye);
		claim(socket);
		introduce(socket, peer);
		if (socket.destroyed) return;
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
