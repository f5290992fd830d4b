import type { Socket } from "node:net";
import { Connection } from "./connection.ts";
import type { Leaving } from "./leaving.ts";
import type { Connections } from "./server-drain.ts";

/** TCP connections of a TLS server whose protocol is not known: handshakes under way, and those that agreed on nothing. */
export class Handshakes implements Connections {
	/** By the client's address. */
	readonly #handshakes = new Map<string, Connection>();
	readonly #isServed: (socket: Socket) => boolean;
	#isLeaving = false;

	/** @param isServed reports whether somebody else minds this one, now that its handshake is done */
	constructor(isServed: (socket: Socket) => boolean) {
		this.#isServed = isServed;
	}

	get size(): number {
		return this.#handshakes.size;
	}

	sees(event: string | symbol, socket: unknown): boolean {
		if (event === "connection") this.#begin(socket as Socket);
		if (event === "secureConnection" && this.#isServed(socket as Socket)) {
			this.#handshakes.delete(addressOf(socket as Socket));
		}
		return false;
	}

	admits(): boolean {
		return true;
	}

	inFlight(): [] {
		return [];
	}

	leave(): void {
		this.#isLeaving = true;
		for (const handshake of this.#handshakes.values()) handshake.leave();
	}

	sweep(leaving: Leaving): void {
		const now = performance.now();
		for (const handshake of this.#handshakes.values()) {
			if (handshake.isOver(now, leaving)) handshake.socket.destroy();
		}
	}

	endUnseen(): void {}

	drop(_isHeld: (request: unknown) => boolean, end: (destroy: () => void) => void): void {
		for (const { socket } of this.#handshakes.values()) end(() => socket.destroy());
	}

	#begin(socket: Socket): void {
		const address = addressOf(socket);
		const handshake = new Connection(socket);
		if (this.#isLeaving) handshake.leave();
		this.#handshakes.set(address, handshake);
		socket.once("close", () => {
			if (this.#handshakes.get(address) === handshake) this.#handshakes.delete(address);
		});
	}
}

/** A client's address, which a TLS socket and the TCP socket below it have in common. */
export function addressOf({ remoteAddress, remotePort }: Socket): string {
	return `${remoteAddress}:${remotePort}`;
}
