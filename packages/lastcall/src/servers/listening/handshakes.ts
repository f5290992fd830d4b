import type { Socket } from "node:net";
import { BelowTls } from "./below-tls.ts";
import type { Connections } from "./connections.ts";
import type { Leaving } from "./leaving.ts";
import { Linger } from "./linger.ts";

/** A client that is busy with many handshakes takes longer for one than an idle connection may be silent. */
const LEAST_SILENT_MS = 1_000;

interface Handshake {
	readonly socket: Socket;
	readonly linger: Linger;
}

/** TCP connections of a TLS server whose protocol is not known: handshakes under way, and those that agreed on nothing. */
export class Handshakes implements Connections {
	readonly #handshakes = new BelowTls<Handshake>();
	readonly #isServed: (socket: Socket) => boolean;
	#isLeaving = false;

	/** @param isServed returns true if something else drains this connection, now that its handshake is done */
	constructor(isServed: (socket: Socket) => boolean) {
		this.#isServed = isServed;
	}

	get size(): number {
		return this.#handshakes.size;
	}

	sees(event: string | symbol, socket: unknown): boolean {
		if (event === "connection") this.#begin(socket as Socket);
		if (event === "secureConnection" && this.#isServed(socket as Socket)) this.#handshakes.done(socket as Socket);
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
		for (const { socket, linger } of this.#handshakes.values()) linger.restart(socket.bytesRead);
	}

	sweep({ lingerMs, hardStopAt }: Leaving, polledAt: number): void {
		const leastMs = lingerMs === 0 ? 0 : Math.min(LEAST_SILENT_MS, (hardStopAt - polledAt) / 10);
		const limits = { silentMs: Math.max(lingerMs, leastMs) };
		for (const { socket, linger } of this.#handshakes.values()) {
			if (linger.isOver({ polledAt, received: socket.bytesRead }, limits)) socket.destroy();
		}
	}

	endUnseen(): void {}

	drop(_isHeld: (request: unknown) => boolean, end: (destroy: () => void) => void): void {
		for (const { socket } of this.#handshakes.values()) end(() => socket.destroy());
	}

	#begin(socket: Socket): void {
		const linger = new Linger();
		if (this.#isLeaving) linger.restart(socket.bytesRead);
		this.#handshakes.begin(socket, { socket, linger });
	}
}
