import type { Socket } from "node:net";
import {
	type BodyCheck,
	RawConnection,
	type RequestRecord,
	rawSocketOpener,
	requestHead,
} from "lastcall-drill-clients";
import { nowMs } from "./now.ts";
import { hasBody, LARGE_BYTES, type Path } from "./paths.ts";

/** A request whose head was written completely. */
export interface Sent {
	readonly id: string;
	readonly path: Path;
	readonly client: number;
	/** When the kernel had accepted all of its head. */
	headDoneAtMs: number;
	/** When parts of its body were written. */
	readonly bodyAtMs: number[];
	/** True if its client reset the connection before it had an outcome. */
	isGivenUp: boolean;
	record: RequestRecord | undefined;
	settledAtMs: number;
}

const BODY = Buffer.alloc(20_000, "b");
const DRIP_BYTES = 2_000;

/** Where the server listens. */
export interface SocketAddress {
	readonly host: string;
	readonly port: number;
}

/** One client: one raw connection, and the request that it has written in part. */
export class Client {
	readonly number: number;
	readonly sent: Sent[] = [];
	readonly closed: Promise<void>;
	opened = false;
	readonly #connection: RawConnection;
	readonly #address: SocketAddress;
	readonly #settled: (sent: Sent) => void;
	#socket: Socket | undefined;
	/** The part of a head that was not written yet. */
	#half: { id: string; path: Path; rest: string } | undefined;
	/** How many bytes of bodies were announced and not written. */
	#bodyOwed = 0;

	constructor(address: SocketAddress, number: number, settled: (sent: Sent) => void) {
		this.number = number;
		this.#address = address;
		this.#settled = settled;
		const open = rawSocketOpener(address);
		let connection: RawConnection | undefined;
		this.closed = new Promise((resolve) => {
			connection = new RawConnection(
				(listener, options) => {
					this.#socket = open(listener, options);
					return this.#socket;
				},
				{
					opened: () => {
						this.opened = true;
					},
					refused: () => resolve(),
					responseBegan: () => {},
					settled: (record) => this.#settle(record),
					closed: () => resolve(),
				},
				{ number },
			);
		});
		this.#connection = connection as unknown as RawConnection;
	}

	/** Returns true if it can write a request. */
	get usable(): boolean {
		return this.#connection.usable;
	}

	/** Writes the first half of a head; an incomplete request, body included, is completed first. */
	begin(id: string, path: Path): void {
		this.complete();
		const method = hasBody(path) ? "POST" : "GET";
		const headers: Record<string, string> = path === "/events" ? { accept: "text/event-stream" } : {};
		const options = { ...this.#address, path, method, headers };
		const head = requestHead(options, hasBody(path) ? BODY.length : undefined)(id);
		this.#connection.write(head.slice(0, 12));
		this.#half = { id, path, rest: head.slice(12) };
	}

	/** Writes a complete head, with all of the body or half of it. */
	send(id: string, path: Path, half: boolean): void {
		this.begin(id, path);
		this.#completeHead();
		if (!half) this.#payBody(BODY.length);
	}

	/** Completes the incomplete request: in HTTP no other head can come before the end of its body. */
	complete(): void {
		this.#completeHead();
		this.#payBody(BODY.length);
	}

	/** Writes a little more of the announced body. */
	drip(): void {
		this.#payBody(DRIP_BYTES);
	}

	pause(): void {
		this.#connection.pauseReading();
	}

	resume(): void {
		this.#connection.resumeReading();
	}

	/** Closes its side, and reads the responses to what it has sent. */
	halfClose(): void {
		this.complete();
		this.#connection.close();
	}

	reset(): void {
		for (const sent of this.sent) if (sent.record === undefined) sent.isGivenUp = true;
		// Node.js never closes a socket that is to be reset while its FIN is on its way out.
		if (this.#socket?.writableEnded) this.#socket.destroy();
		else this.#socket?.resetAndDestroy();
	}

	/** Closes a connection that the server has left open. */
	giveUp(): void {
		this.#connection.giveUp();
	}

	#completeHead(): void {
		if (this.#half === undefined) return;
		const { id, path, rest } = this.#half;
		this.#half = undefined;
		// The first half could not be written.
		if (!this.usable) return;
		const sent: Sent = {
			id,
			path,
			client: this.number,
			headDoneAtMs: Number.POSITIVE_INFINITY,
			bodyAtMs: [],
			isGivenUp: false,
			record: undefined,
			settledAtMs: Number.NaN,
		};
		this.sent.push(sent);
		const expectBytes = path === "/events" ? undefined : path === "/large" || path === "/early" ? LARGE_BYTES : 2;
		const request = { id, head: rest, expectBytes, ...(path === "/events" && { bodyCheck: new WholeEvents() }) };
		// Taken after the write, since this thread may be delayed between the two.
		this.#connection.send([request], undefined, () => {
			sent.headDoneAtMs = nowMs();
		});
		if (!hasBody(path)) return;
		this.#bodyOwed = BODY.length;
		this.#payBody(BODY.length / 2);
	}

	#payBody(atMost: number): void {
		const bytes = Math.min(atMost, this.#bodyOwed);
		if (bytes === 0) return;
		this.#connection.write(BODY.subarray(0, bytes));
		this.sent.at(-1)?.bodyAtMs.push(nowMs());
		this.#bodyOwed -= bytes;
	}

	#settle(record: RequestRecord): void {
		const sent = this.sent.find(({ id }) => id === record.id);
		if (sent === undefined) return;
		sent.record = record;
		sent.settledAtMs = nowMs();
		this.#settled(sent);
	}
}

/** Records whether an event stream ended between two events. */
class WholeEvents implements BodyCheck {
	#text = "";

	received(piece: Buffer): void {
		this.#text += piece.toString("latin1");
	}

	whole(): "mid-event" | undefined {
		return /\n\n(retry: ?\d+\n+)*$/.test(this.#text) ? undefined : "mid-event";
	}
}
