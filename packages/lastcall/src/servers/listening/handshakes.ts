import type { Socket } from "node:net";
import { BelowTls } from "./below-tls.ts";
import type { Connections } from "./connections.ts";
import type { Leaving } from "./leaving.ts";
import { Lingering } from "./lingering.ts";

/** A client that is busy with many handshakes takes longer for one than an idle connection may be silent. */
const LEAST_SILENT_MS = 1_000;

interface Handshake {
	readonly socket: Socket;
	readonly lingering: Lingering;
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
		for (const handshake of this.#handshakes.values()) handshake.lingering.becameIdle();
	}

	sweep({ lingerMs, hardStopAt }: Leaving, polledAt: number): void {
		const leastMs = lingerMs === 0 ? 0 : Math.min(LEAST_SILENT_MS, (hardStopAt - polledAt) / 10);
		const times = { lingerMs: Math.max(lingerMs, leastMs), hardStopAt };
		for (const { socket, lingering } of this.#handshakes.values()) {
			if (lingering.isOver(polledAt, times, false)) socket.destroy();
		}
	}

	endUnseen(): void {}

	drop(_isHeld: (request: unknown) => boolean, end: (destroy: () => void) => void): void {
		for (const { socket } of this.#handshakes.values()) end(() => socket.destroy());
	}

	#begin(socket: Socket): void {
		const lingering = new Lingering(socket);
		if (this.#isLeaving) lingering.becameIdle();
		this.#handshakes.begin(socket, { socket, lingering });
	}
}
